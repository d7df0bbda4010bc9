"""Moto's server for our tests: 127.0.0.1 only, a free port (printed on stdout), gone when stdin is closed.

usage: MOTO_PORT=<port of the bridge> python3 server.py        (MOTO_PORT: where state-machine tasks send their calls)

What it changes in moto 5.2.1, because no proxy in front of it can. Which state comes next stays moto's affair:
  1. The 2nd StartExecution of a machine answers 500, "cannot pickle '_thread.RLock'" (getmoto/moto#10077): a shallow
     copy of the machine. Later versions do not need it and are not harmed.
  2. A task token that is answered while its own function still runs is lost when the state has a HeartbeatSeconds: the
     task waits for the heartbeat to run out. AWS takes the answer. Our waits answer just so, hence the early notice.
  3. SendTaskFailure drops the cause. AWS hands it to Catch.
  4. SendTaskSuccess and SendTaskFailure look for the token in all executions; one that is just being started has no
     environment yet and makes the call a 500. Such an execution cannot hold the token, so it is passed over.
  5. When an iteration of a Map fails, the others evaluate nothing more. One that is just entering a task has then no
     timeout on its stack, takes its input for it and writes that into the history: GetExecutionHistory answers 500 for
     good, and with it every function that reads the history. A timeout in the definition needs no evaluation.
  6. An execution that is stopped while it waits for a task token ends as FAILED, of the wait that was interrupted. On
     AWS it is ABORTED.
  7. An execution has its status before its output, error and cause; who asks in between misses them. Now it comes last.
  8. Calls are answered in threads, over dictionaries that other calls change: a 500 now and then. One is answered after
     the other; Python would not compute two at once anyway. boto3's first client, too, must not be made in two threads.
  9. Every region of an account loads 1,177 public AMIs, which takes seconds. Only those that SSM's public
     al2023 parameters name are kept: moto's own entries, unchanged.
 10. EventBridge puts events into queues, but calls no function. Such a target is called as AWS calls it: by an asynchronous
     invocation, which goes to the bridge. The rule's pattern and its list of targets stay moto's affair.
 11. An event that a rule sends to the bus of another region becomes an event of that region. On AWS it keeps its own.
 12. A definition is parsed when its machine is made, and again whenever it starts. Only the start parses it here.
 13. Most of its time moto makes a parser with its tables for each JSONPath, or lists its own source folder to find the
     service of a host. Here one parser parses each path once, and the services are kept.

On stderr is only what went wrong in moto itself; what the engine says of states that fail is in the history.
"""

import copy
import functools
import json
import logging
import os
import sys
import threading
import urllib.request

os.environ.setdefault("MOTO_PORT", "0")

from antlr4.error.ErrorListener import ConsoleErrorListener
from jsonpath_ng.ext.parser import ExtentedJsonPathParser  # every version has it under this name
from werkzeug.serving import WSGIRequestHandler, make_server

from moto.core.config import default_user_config
from moto.core.responses import EmptyResult
from moto.core.utils import iso_8601_datetime_without_milliseconds, utcfromtimestamp
from moto.ec2.models import amis
from moto.events.models import Rule, events_backends
from moto.moto_server.werkzeug_app import DomainDispatcherApplication, create_backend_app
from moto.stepfunctions.models import StateMachine
from moto.stepfunctions.parser.asl.component.common.timeouts.heartbeat import HeartbeatSeconds
from moto.stepfunctions.parser.asl.component.common.timeouts.timeout import TimeoutSeconds
from moto.stepfunctions.parser.asl.eval.callback.callback import CallbackEndpoint
from moto.stepfunctions.parser.asl.eval.environment import Environment
from moto.stepfunctions.parser.asl.eval.program_state import ProgramEnded, ProgramError, ProgramStopped
from moto.stepfunctions.parser.asl.utils import json_path
from moto.stepfunctions.parser.asl.utils.boto_client import boto_client_for
from moto.stepfunctions.parser.backend.execution import BaseExecutionWorkerCommunication
from moto.stepfunctions.parser.models import StepFunctionsParserBackend
from moto.stepfunctions.responses import StepFunctionResponse
from moto.utilities.arns import parse_arn
from moto.utilities.utils import load_resource

logging.getLogger("moto").setLevel(logging.CRITICAL)
ConsoleErrorListener.syntaxError = lambda *_: None
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
    return [each for each in executions if each.exec_worker.env is not None]


StepFunctionsParserBackend._get_executions = started_executions


def seconds_as_written(self, env):
    env.stack.append(self._eval_seconds(env))


TimeoutSeconds.eval = seconds_as_written
HeartbeatSeconds.eval = seconds_as_written

set_error = Environment.set_error


def set_error_unless_stopped(self, error):
    if not isinstance(self._program_state, ProgramStopped):
        set_error(self, error)


Environment.set_error = set_error_unless_stopped

reflect_execution_status = BaseExecutionWorkerCommunication._reflect_execution_status


def reflect_status_last(self):
    execution = self.execution
    state = execution.exec_worker.env.program_state()
    if isinstance(state, ProgramEnded):
        execution.output = execution.exec_worker.env.states.get_input()
    elif isinstance(state, ProgramError):
        execution.error, execution.cause = state.error.get("error"), state.error.get("cause")
    reflect_execution_status(self)


BaseExecutionWorkerCommunication._reflect_execution_status = reflect_status_last


send_to_targets = Rule.send_to_targets


def call_function(name, event):
    started = iso_8601_datetime_without_milliseconds(utcfromtimestamp(event["time"]))
    sent = {key: value for key, value in event.items() if key != "ingestion-time"} | {"time": started}
    url = f"http://localhost:{os.environ['MOTO_PORT']}/2015-03-31/functions/{name}/invocations"
    headers = {"x-amz-invocation-type": "Event"}
    urllib.request.urlopen(urllib.request.Request(url, json.dumps(sent).encode(), headers)).read()


def send_to_functions_and_buses(self, event, transform_input=True):
    if not self.event_pattern.matches_event(event):
        return
    others = copy.copy(self)
    others.targets = []
    for target in self.targets:
        arn = parse_arn(target["Arn"])
        if arn.service == "lambda":
            threading.Thread(target=call_function, args=(arn.resource_id, event), daemon=True).start()
        elif arn.service == "events" and arn.resource_type == "event-bus":
            bus = events_backends[arn.account][arn.region].event_buses[arn.resource_id]
            for rule in bus.rules.values():
                rule.send_to_targets(copy.deepcopy(event))
        else:
            others.targets.append(target)
    send_to_targets(others, event, transform_input)


Rule.send_to_targets = send_to_functions_and_buses


class OneAfterTheOther(DomainDispatcherApplication):
    turn = threading.Lock()

    @functools.cache
    def get_backend_for_host(self, host):
        return super().get_backend_for_host(host)

    def __call__(self, environ, start_response):
        with self.turn:
            return super().__call__(environ, start_response)


boto_client_for(service="lambda", region="us-east-1")
jsonpath_parser = ExtentedJsonPathParser()
jsonpath_turn = threading.Lock()  # the parser keeps its place in itself


@functools.cache
def parse_path(path):
    with jsonpath_turn:
        return jsonpath_parser.parse(path)


json_path.parse = parse_path
StepFunctionsParserBackend._validate_definition = staticmethod(lambda definition: None)

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
server = make_server("127.0.0.1", 0, OneAfterTheOther(create_backend_app), threaded=True, request_handler=Silent)
print(server.port, flush=True)
server.serve_forever()
