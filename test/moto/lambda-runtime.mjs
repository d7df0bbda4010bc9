// What Lambda's Node runtime is to a function, for one function: imports the bundle's `handler`, runs one invocation at
// a time, and says what it answered or threw. Nothing of the project is loaded here but the bundle itself.
import { pathToFileURL } from 'node:url';

const { handler } = await import(pathToFileURL(process.argv[2]).href);

process.on('message', async ({ payload, trace }) => {
  process.env._X_AMZN_TRACE_ID = trace; // as the runtime does: the SDK sends it along with every call
  try {
    const answer = await handler(JSON.parse(payload), { functionName: process.env.AWS_LAMBDA_FUNCTION_NAME });
    process.send({ body: JSON.stringify(answer) ?? 'null' });
  } catch (error) {
    const { name = 'Error', message = String(error), stack = '' } = error ?? {};
    process.send({
      failed: true,
      body: JSON.stringify({ errorType: name, errorMessage: message, trace: stack.split('\n') }),
    });
  }
});
process.on('disconnect', () => process.exit(0));
process.send({ ready: true });
