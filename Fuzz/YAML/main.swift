import FuzzKit

fuzz { Promises($0).hold() }
