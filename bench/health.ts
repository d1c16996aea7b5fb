import { createServer, type Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import { Worker } from 'node:worker_threads';

const REQUESTS = 10;

/** What asks the server, in a thread of its own: the clients call `/explain` again and again, one more `/health`. */
const asking = `
const { parentPort, workerData: { address, clients, requests } } = require('node:worker_threads');
let open = clients;
const client = async () => {
  for (let i = 0; i < requests; i++) await (await fetch(address + '/explain')).text();
  open--;
};
const health = async () => {
  let longest = 0;
  while (open > 0) {
    const start = performance.now();
    await (await fetch(address + '/health')).text();
    longest = Math.max(longest, performance.now() - start);
    await new Promise((resolve) => setTimeout(resolve, 5));
  }
  return longest;
};
(async () => {
  // The first request opens a connection.
  await (await fetch(address + '/health')).text();
  const waiting = health();
  await Promise.all(Array.from({ length: clients }, client));
  parentPort.postMessage(await waiting);
})();
`;

/** The longest time, in milliseconds, that a server which explains in its own process lets a small request wait. */
export async function longestWait(explain: () => Promise<unknown>, clients: number): Promise<number> {
  const server = createServer((request, response) => {
    if (request.url === '/health') response.end('ok');
    else void explain().then(() => response.end('explained'));
  });
  const address = await addressOf(server);
  const worker = new Worker(asking, { eval: true, workerData: { address, clients, requests: REQUESTS } });
  const longest = await new Promise<number>((resolve, reject) => worker.on('message', resolve).on('error', reject));
  await worker.terminate();
  server.close();
  return longest;
}

async function addressOf(server: Server): Promise<string> {
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  return `http://127.0.0.1:${(server.address() as AddressInfo).port}`;
}
