"""Calls every operation of a running service through the client that was generated from its document.

Reads {"url", "film" (base64), "model", "version"} from stdin; prints what each operation answered, by operationId.
"""

import base64
import io
import json
import sys

import httpx
from client import Client
from client.api.feedback import give_feedback
from client.api.films import explain, get_sample, list_samples, predict, predict_batch, receive_upload, start_upload
from client.api.health import describe_api, live, ready
from client.api.models import describe_model, list_models
from client.api.open_inference_protocol import (
    model_infer,
    model_metadata,
    model_ready,
    server_live,
    server_metadata,
    server_ready,
    version_infer,
    version_metadata,
    version_ready,
)
from client.models import (
    Feedback,
    GiveFeedbackFilesBody,
    InferRequest,
    PredictBatchBody,
    PredictFilesBody,
    ReaderLabels,
    ReceiveUploadBody,
    UploadedFilm,
)
from client.models.explain_observation import ExplainObservation
from client.types import File

task = json.load(sys.stdin)
film_bytes = base64.b64decode(task["film"])
client = Client(base_url=task["url"], timeout=120)
answers = {}


def film():
    return File(payload=io.BytesIO(film_bytes), file_name="film.png", mime_type="image/png")


def call(name, operation, /, **arguments):
    response = operation.sync_detailed(client=client, **arguments)
    parsed = response.parsed
    answers.setdefault(name, []).append(
        {
            "status": int(response.status_code),
            "kind": type(parsed).__name__,
            "body": parsed.to_dict() if hasattr(parsed, "to_dict") else None,
            "bytes": len(response.content),
        }
    )
    return parsed


call("live", live)
call("ready", ready)
call("describeApi", describe_api)
call("listModels", list_models)
call("describeModel", describe_model, version=task["version"])
call("describeModel", describe_model, version="ffffffffffffffff")
call("listSamples", list_samples)
call("getSample", get_sample, name="effusion")
call("predict", predict, body=film(), explain="all")
call("predict", predict, body=PredictFilesBody(film=film()))
call("predictBatch", predict_batch, body=PredictBatchBody(film=[film(), film()]))
call("explain", explain, body=film(), observation=ExplainObservation.CARDIOMEGALY)

ticket = call("startUpload", start_upload)
signature = httpx.URL(ticket.url).params["signature"]
call("receiveUpload", receive_upload, upload=ticket.upload, signature=signature, body=ReceiveUploadBody(file=film()))
call("predict", predict, body=UploadedFilm(upload=ticket.upload))

labels = ReaderLabels.from_dict({"Cardiomegaly": 1, "Edema": -1})
call("giveFeedback", give_feedback, body=Feedback(labels=labels))
consented = Feedback(labels=labels, consent=True, patient="p-1")
call("giveFeedback", give_feedback, body=GiveFeedbackFilesBody(feedback=consented, film=film()))

tensor = {"name": "film", "datatype": "BYTES", "shape": [1], "data": [task["film"]]}
infer = InferRequest.from_dict({"inputs": [tensor]})
model, version = task["model"], task["version"]
call("serverLive", server_live)
call("serverReady", server_ready)
call("serverMetadata", server_metadata)
call("modelMetadata", model_metadata, model=model)
call("versionMetadata", version_metadata, model=model, version=version)
call("modelReady", model_ready, model=model)
call("versionReady", version_ready, model=model, version=version)
call("modelInfer", model_infer, model=model, body=infer)
call("versionInfer", version_infer, model=model, version=version, body=infer)

json.dump(answers, sys.stdout)
