"""Reads {"folder": ...} from stdin, writes one film in every wrapping there, and prints [[name, expected], ...]: `same` as
reference.png, `answered`, or the code of the refusal."""

import json
import sys
import warnings

import dicoms
import rasters
from film import Wrappings

warnings.filterwarnings("ignore")
wrappings = Wrappings(json.load(sys.stdin)["folder"])
rasters.write(wrappings.put)
dicoms.write(wrappings.put)
print(json.dumps(wrappings.files))
