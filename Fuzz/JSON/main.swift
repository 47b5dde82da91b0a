import FuzzKit

fuzz(checkPromises)
