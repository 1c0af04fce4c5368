"""What the emulator's CloudFormation knows: {type: {update, remove}} as JSON. `input` is not read."""

import json
import sys

from moto.cloudformation.parsing import get_model_map

json.load(sys.stdin)


def has(model, name):
    return not hasattr(getattr(model, name), "__isabstractmethod__")


print(
    json.dumps(
        {
            type: {
                "update": has(model, "update_from_cloudformation_json"),
                "remove": hasattr(model, "delete") or has(model, "delete_from_cloudformation_json"),
            }
            for type, model in get_model_map().items()
        }
    )
)
