// Answers for the simulated VMs: a request in absolute form (`GET http://154.42.3.7:8080/status`) that came to the sandbox as to a
// forward proxy is answered by that VM's scripted application. Anything that is no running VM is refused with 502.
import type { IncomingMessage, ServerResponse } from 'node:http';
import { setTimeout as pause } from 'node:timers/promises';
import type { Sandbox } from './sandbox.js';
import { findAppAnswer } from './vm-apps.js';

/** The target of a request to a forward proxy; undefined when the request is for the sandbox itself. */
export function readProxyTarget(incoming: IncomingMessage): URL | undefined {
  const url = incoming.url ?? '';
  return /^http:\/\//i.test(url) && URL.canParse(url) ? new URL(url) : undefined;
}

export async function answerForVm(sandbox: Sandbox, target: URL, outgoing: ServerResponse): Promise<void> {
  const now = sandbox.sync();
  const vm = sandbox.findVmAt(target.hostname);
  if (vm === undefined) return refuse(outgoing, 502, `No VM is running at ${target.hostname}`);
  const port = target.port === '' ? 80 : Number(target.port);
  const answer = findAppAnswer(sandbox.apps, vm, { path: target.pathname, port }, now);
  if (answer === 'not-listening') return refuse(outgoing, 502, `Nothing listens at ${target.host}`);
  if (answer === 'not-found') return refuse(outgoing, 404, `No ${target.pathname} at ${target.host}`);
  await pause(answer.delayMillis, undefined, { ref: false });
  if (answer.hang) return;
  outgoing.writeHead(answer.status, { 'content-type': answer.contentType });
  outgoing.end(answer.body);
}

function refuse(outgoing: ServerResponse, status: number, text: string): void {
  outgoing.writeHead(status, { 'content-type': 'text/plain; charset=utf-8' });
  outgoing.end(`${text}\n`);
}
