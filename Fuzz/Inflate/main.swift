import FuzzKit

fuzz(checkInflation)
