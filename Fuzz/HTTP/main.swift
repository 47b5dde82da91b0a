import FuzzKit

fuzz(checkEverySplitIsTheSame)
