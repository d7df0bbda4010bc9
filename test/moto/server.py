"""Moto's server for our tests: 127.0.0.1 only, a free port (printed on stdout), gone when stdin is closed.

usage: MOTO_PORT=<port of the bridge> python3 server.py        (MOTO_PORT: where state-machine tasks send their calls)

What it changes in moto 5.2.1, because no proxy in front of it can. Nothing of moto's flow control is touched:
  1. The 2nd StartExecution of a machine answers 500, "cannot pickle '_thread.RLock'" (getmoto/moto#10077): a shallow
     copy of the machine. Later versions do not need it and are not harmed.
  2. A task token that is answered while its own function still runs is lost when the state has a HeartbeatSeconds: the
     task waits for the heartbeat to run out. AWS takes the answer. Our waits answer just so, hence the early notice.
  3. SendTaskFailure drops the cause. AWS hands it to Catch.
  4. SendTaskSuccess and SendTaskFailure look for the token in all executions; one that is just being started has no
     worker yet and makes the call a 500. Such an execution cannot hold the token, so it is passed over.
  5. Every region of an account loads 1,177 public AMIs, which takes seconds. Only those that SSM's public
     al2023 parameters name are kept: moto's own entries, unchanged.
"""

import copy
import os
import sys
import threading

os.environ.setdefault("MOTO_PORT", "0")

from werkzeug.serving import WSGIRequestHandler, make_server

from moto.core.config import default_user_config
from moto.moto_server.werkzeug_app import DomainDispatcherApplication, create_backend_app
from moto.core.responses import EmptyResult
from moto.ec2.models import amis
from moto.stepfunctions.models import StateMachine
from moto.stepfunctions.parser.asl.eval.callback.callback import CallbackEndpoint
from moto.stepfunctions.parser.models import StepFunctionsParserBackend
from moto.stepfunctions.responses import StepFunctionResponse
from moto.utilities.utils import load_resource

default_user_config["stepfunctions"] = {"execute_state_machine": True}
default_user_config["lambda"] = {"use_docker": False}


def shallow_copy(self, memo):
    other = copy.copy(self)
    other.executions = []
    memo[id(self)] = other
    return other


StateMachine.__deepcopy__ = shallow_copy

setup_heartbeat_endpoint = CallbackEndpoint.setup_heartbeat_endpoint


def setup_and_notify(self, heartbeat_seconds):
    endpoint = setup_heartbeat_endpoint(self, heartbeat_seconds)
    if self.get_outcome() is not None:
        endpoint.notify()
    return endpoint


CallbackEndpoint.setup_heartbeat_endpoint = setup_and_notify


def send_task_failure(self):
    parameter = self._get_param
    self.stepfunction_backend.send_task_failure(
        parameter("taskToken"), error=parameter("error"), cause=parameter("cause")
    )
    return EmptyResult()


StepFunctionResponse.send_task_failure = send_task_failure

get_executions = StepFunctionsParserBackend._get_executions


def started_executions(self, execution_status=None):
    executions = get_executions(self, execution_status)
    return [each for each in executions if each.exec_worker is not None and each.exec_worker.env is not None]


StepFunctionsParserBackend._get_executions = started_executions

# "set" only says that the catalogue is given: the module is loaded, so that nothing is read from there any more.
os.environ["MOTO_AMIS_PATH"] = "set"
catalogue = load_resource("moto.ec2.models.amis", "../resources/latest_amis/us-east-1.json")
public = load_resource("moto.ssm.models", "resources/ami-amazon-linux-latest/us-east-1.json")
named = {each["Value"] for each in public if "al2023-ami-kernel-default" in each["Name"]}
amis.AMIS = [each for each in catalogue if each["ami_id"] in named]


class Silent(WSGIRequestHandler):
    def log_request(self, *_):
        pass


def end_with_parent():
    sys.stdin.read()
    os._exit(0)


threading.Thread(target=end_with_parent, daemon=True).start()
server = make_server("127.0.0.1", 0, DomainDispatcherApplication(create_backend_app), threaded=True, request_handler=Silent)
print(server.port, flush=True)
server.serve_forever()
