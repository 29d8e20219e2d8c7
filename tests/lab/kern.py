#!/usr/bin/env python3
"""tests/kern_peers.py in the lab machine, whose kernel has AF_ALG, too."""
import os
import sys

PROGRAM = os.path.join(os.path.dirname(os.path.realpath(__file__)), "..",
                       "kern_peers.py")
os.execv(sys.executable, [sys.executable, PROGRAM, *sys.argv[1:]])
