// A relay before a server that holds every message back, as a network does, and counts how often its clients wait for an answer.
import net from 'node:net';
import { undo } from './process.mjs';

export async function startRelay(t, to, delayMs) {
  const relay = { trips: 0 };
  const sockets = new Set();
  const server = net.createServer((client) => {
    const upstream = net.connect(to, '127.0.0.1');
    let asks = false; // the last bytes on this connection went to the server
    const pass = (from, into, seen) => {
      sockets.add(from);
      from.on('data', (bytes) => setTimeout(() => { seen(); into.write(bytes); }, delayMs));
      from.on('error', () => into.destroy());
      from.on('close', () => setTimeout(() => { sockets.delete(from); into.end(); }, delayMs));
    };
    pass(client, upstream, () => { asks = true; });
    pass(upstream, client, () => {
      if (asks) relay.trips += 1;
      asks = false;
    });
  });
  await new Promise((done) => server.listen(0, '127.0.0.1', done));
  relay.port = server.address().port;
  undo(t, () => {
    for (const socket of sockets) socket.destroy();
    server.close();
  });
  return relay;
}
