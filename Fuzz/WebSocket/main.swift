import FuzzKit

fuzz(checkEveryCutReadsTheSame)
