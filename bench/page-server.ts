// The cloud's listing from memory, as a thread of its own: what serving costs must not stand in the client's time. Each answer
// takes a network's while. Knows no VMs: pages and other answers are texts.
import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { parentPort, workerData } from 'node:worker_threads';

export interface PageServerData {
  readonly pages: readonly string[];
  /** By path, without the query. */
  readonly others: Readonly<Record<string, string>>;
  readonly latencyMillis: number;
}

const { pages, others, latencyMillis } = workerData as PageServerData;
const EMPTY =
  '{"items":[],"pagination":{"totalRecords":0,"filteredRecords":0,"totalPages":0,"currentPage":0,"perPage":100}}';

const server = createServer((request, response) => {
  const url = new URL(request.url ?? '/', 'http://localhost');
  const body = url.pathname === '/v2/vms' ? pages[Number(url.searchParams.get('page') ?? 0)] : others[url.pathname];
  setTimeout(() => {
    response.writeHead(200, { 'content-type': 'application/json' }).end(body ?? EMPTY);
  }, latencyMillis);
});
server.listen(0, '127.0.0.1', () => parentPort?.postMessage((server.address() as AddressInfo).port));
