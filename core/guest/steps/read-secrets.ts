/**
 * The Python program that starts a step with secrets on Linux. It reads them by the role of the instance, so no value is in the
 * arguments of a program, in a file or in a parameter of SSM. It masks the values in what the step prints. Every image with
 * cloud-init has Python, and its standard library is enough. Python 3.6 is the oldest, in Red Hat 8.
 *
 * Arguments: JSON of [region, metadata, endpoint, questions], then the step.
 */
export const secretsProgram = `import datetime, hashlib, hmac, json, os, subprocess, sys, threading, time
from urllib.error import HTTPError
from urllib.request import ProxyHandler, Request, build_opener, urlopen

region, metadata, endpoint, wanted = json.loads(sys.argv[1])
hints = {"ssm": "ssm:GetParameter", "secretsmanager": "secretsmanager:GetSecretValue"}

def give_up(message):
    sys.stderr.write(message + "\\n")
    sys.exit(1)

def from_metadata(path, method="GET", headers={}):
    opener = build_opener(ProxyHandler({}))
    for left in range(5, 0, -1):
        try:
            return opener.open(Request(metadata + path, method=method, headers=headers), timeout=5).read().decode()
        except OSError as error:
            if left == 1:
                give_up("the step has secrets, but the instance metadata does not answer: %s" % error)
            time.sleep(1)

def credentials():
    token = from_metadata("/latest/api/token", "PUT", {"X-aws-ec2-metadata-token-ttl-seconds": "300"})
    headers = {"X-aws-ec2-metadata-token": token}
    roles = "/latest/meta-data/iam/security-credentials/"
    return json.loads(from_metadata(roles + from_metadata(roles, headers=headers).split()[0], headers=headers))

def signed(service, target, body, keys):
    url = endpoint.replace("SERVICE", service)
    now = datetime.datetime.utcnow().strftime("%Y%m%dT%H%M%SZ")
    scope = "/".join([now[:8], region, service, "aws4_request"])
    headers = {"content-type": "application/x-amz-json-1.1", "host": url.split("/")[2], "x-amz-date": now,
               "x-amz-security-token": keys["Token"], "x-amz-target": target}
    names = ";".join(sorted(headers))
    lines = "".join("%s:%s\\n" % (name, headers[name]) for name in sorted(headers))
    request = "\\n".join(["POST", "/", "", lines, names, hashlib.sha256(body).hexdigest()])
    text = "\\n".join(["AWS4-HMAC-SHA256", now, scope, hashlib.sha256(request.encode()).hexdigest()])
    key = ("AWS4" + keys["SecretAccessKey"]).encode()
    for part in scope.split("/"):
        key = hmac.new(key, part.encode(), hashlib.sha256).digest()
    signature = hmac.new(key, text.encode(), hashlib.sha256).hexdigest()
    headers["authorization"] = "AWS4-HMAC-SHA256 Credential=%s/%s, SignedHeaders=%s, Signature=%s" % (
        keys["AccessKeyId"], scope, names, signature)
    return Request(url, data=body, headers=headers, method="POST")

def call(service, target, given, about):
    body = json.dumps(given).encode()
    for left in range(5, 0, -1):
        try:
            return json.loads(urlopen(signed(service, target, body, credentials()), timeout=20).read().decode())
        except HTTPError as error:
            said = error.read().decode(errors="replace")
            if left == 1 or (error.code < 500 and "Throttl" not in said and "TooMany" not in said):
                give_up("%s cannot be read in %s (HTTP %d): %s. The role of the instance profile needs %s" % (
                    about, region, error.code, said, hints[service]))
        except OSError as error:
            if left == 1:
                give_up("%s cannot be read: no way to %s: %s" % (about, endpoint.replace("SERVICE", service), error))
        time.sleep(2 * (6 - left))

def value_of(question, about):
    if "Name" in question["ask"]:
        return call("ssm", "AmazonSSM.GetParameter", question["ask"], about)["Parameter"]["Value"]
    answer = call("secretsmanager", "secretsmanager.GetSecretValue", question["ask"], about)
    if "SecretString" not in answer:
        give_up("%s is binary: a variable takes text only" % about)
    return field_of(answer["SecretString"], question.get("key"), about)

def field_of(text, key, about):
    if key is None:
        return text
    try:
        fields = json.loads(text)
    except ValueError:
        fields = None
    if not isinstance(fields, dict):
        give_up("%s is no JSON object, so it has no key %s" % (about, key))
    if key not in fields:
        give_up("%s has no key %s in its JSON" % (about, key))
    return fields[key] if isinstance(fields[key], str) else json.dumps(fields[key], ensure_ascii=False)

hidden = set()
for question in wanted:
    about = "%s, the secret of %s," % (question["named"], question["variable"])
    value = value_of(question, about)
    if "\\0" in value:
        give_up("%s contains a NUL, which no variable takes" % about)
    os.environ[question["variable"]] = value
    hidden.update(line.encode() for line in [value] + value.splitlines() if len(line) >= 4)
hidden = sorted(hidden, key=len, reverse=True)

def copy(source, target):
    for line in iter(source.readline, b""):
        for text in hidden:
            line = line.replace(text, b"***")
        target.write(line)
        target.flush()

step = subprocess.Popen(sys.argv[2:], stdout=subprocess.PIPE, stderr=subprocess.PIPE)
pairs = [(step.stdout, sys.stdout.buffer), (step.stderr, sys.stderr.buffer)]
copies = [threading.Thread(target=copy, args=pair, daemon=True) for pair in pairs]
for one in copies:
    one.start()
code = step.wait()
for one in copies:
    one.join(10) # what the step left running may hold its output open
os._exit(code if code >= 0 else 128 - code)
`;
