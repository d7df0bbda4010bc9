import { spawn } from 'node:child_process';
import { join } from 'node:path';

export interface Server {
  port: number;
  stop(): void;
}

/** Starts moto. It ends with this process, however that ends: its stdin is a pipe from here. */
export async function startServer(bridgePort: number, folder: string): Promise<Server> {
  const child = spawn('python3', [join(folder, 'server.py')], {
    env: { ...process.env, MOTO_PORT: String(bridgePort), PYTHONDONTWRITEBYTECODE: '1' },
    stdio: ['pipe', 'pipe', 'pipe'],
  });
  const log: string[] = [];
  child.stderr.on('data', (chunk: Buffer) => {
    log.push(String(chunk));
    process.stderr.write(chunk); // a call that moto answers with an HTML page has its reason here
  });
  const port = await new Promise<number>((resolve, reject) => {
    child.stdout.once('data', (chunk: Buffer) => resolve(Number(String(chunk).trim())));
    child.once('error', reject);
    child.once('exit', (code) => reject(new Error(`moto did not start (exit code ${code})\n${log.join('')}`)));
  });
  return {
    port,
    stop() {
      child.stdin.end();
      child.kill();
    },
  };
}
