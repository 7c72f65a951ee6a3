// A server that speaks just enough of Redis' protocol to answer what the test says, and remembers what it was asked.
import { once } from 'node:events';
import { createServer, type Socket } from 'node:net';

/** Text is a simple reply, an Error an error, a number or a list what it is. */
export type Reply = string | number | Error | readonly Reply[];

export interface FakeRedis {
  readonly url: string;
  /** Every command with its arguments, in order. */
  readonly asked: (readonly string[])[];
  close(): Promise<void>;
}

function encode(reply: Reply): string {
  if (reply instanceof Error) return `-${reply.message}\r\n`;
  if (typeof reply === 'number') return `:${reply}\r\n`;
  if (typeof reply === 'string') return `$${Buffer.byteLength(reply)}\r\n${reply}\r\n`;
  return `*${reply.length}\r\n${reply.map(encode).join('')}`;
}

/** Takes whole commands (arrays of bulk strings) from the front of the text; returns what is left. */
function takeCommands(text: string, take: (command: readonly string[]) => void): string {
  for (;;) {
    const head = /^\*(\d+)\r\n/.exec(text);
    if (head === null) return text;
    let rest = text.slice(head[0].length);
    const words: string[] = [];
    for (let left = Number(head[1]); left > 0; left -= 1) {
      const size = /^\$(\d+)\r\n/.exec(rest);
      const end = size === null ? Infinity : size[0].length + Number(size[1]);
      if (size === null || rest.length < end + 2) return text;
      words.push(rest.slice(size[0].length, end));
      rest = rest.slice(end + 2);
    }
    take(words);
    text = rest;
  }
}

export async function startFakeRedis(
  answer: (command: readonly string[]) => Reply | Promise<Reply>,
): Promise<FakeRedis> {
  const asked: (readonly string[])[] = [];
  const sockets = new Set<Socket>();
  const server = createServer((socket) => {
    sockets.add(socket);
    let text = '';
    let turn = Promise.resolve();
    socket.on('error', () => undefined);
    socket.on('data', (data) => {
      text = takeCommands(text + data.toString('latin1'), (command) => {
        asked.push(command);
        turn = turn.then(async () => void socket.write(encode(await answer(command))));
      });
    });
  });
  server.listen(0, '127.0.0.1');
  await once(server, 'listening');
  const { port } = server.address() as { port: number };
  return {
    url: `redis://127.0.0.1:${port}`,
    asked,
    async close() {
      for (const socket of sockets) socket.destroy();
      server.close();
      await once(server, 'close');
    },
  };
}
