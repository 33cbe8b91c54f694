// A server before a daemon that speaks one of its services: it passes calls on, changes what comes back, or says that the program is elsewhere.
import grpc from '@grpc/grpc-js';
import loader from '@grpc/proto-loader';
import path from 'node:path';
import { SOURCE, undo } from './process.mjs';

const load = (file) => loader.loadSync(file, { includeDirs: [path.join(SOURCE, 'proto')], longs: String, keepCase: true });
const details = load('google/rpc/error_details.proto');
const statuses = load('google/rpc/status.proto');

// `between(name, ask, request)` gives each method's answer, or throws a refusal; `ask` asks the daemon.
export async function startFront(t, address, noun, between) {
  const v1 = grpc.loadPackageDefinition(load(`trailbook/v1/${noun.toLowerCase()}_service.proto`)).trailbook.v1;
  const Service = v1[`${noun}Service`];
  const real = new Service(address, grpc.credentials.createInsecure());
  const answer = (name) => (call, reply) => {
    const ask = () => new Promise((resolve, reject) =>
      real[name](call.request, call.metadata, (error, value) => (error ? reject(error) : resolve(value))));
    Promise.resolve().then(() => between(name, ask, call.request)).then((value) => reply(null, value), (error) => reply(error));
  };
  const server = new grpc.Server();
  server.addService(Service.service, Object.fromEntries(Object.keys(Service.service).map((name) => [name, answer(name)])));
  const port = await new Promise((resolve, reject) =>
    server.bindAsync('127.0.0.1:0', grpc.ServerCredentials.createInsecure(), (error, bound) => (error ? reject(error) : resolve(bound))));
  undo(t, () => {
    server.forceShutdown();
    real.close();
  });
  return `127.0.0.1:${port}`;
}

// What a daemon refuses with whose program another one writes.
export function heldElsewhere(holder) {
  const info = details['google.rpc.ErrorInfo'].serialize({ reason: 'HELD_ELSEWHERE', domain: 'trailbook', metadata: { holder } });
  const message = `another daemon writes this program: ${holder}`;
  const metadata = new grpc.Metadata();
  metadata.set('grpc-status-details-bin', statuses['google.rpc.Status'].serialize({
    code: grpc.status.UNAVAILABLE, message, details: [{ type_url: 'type.googleapis.com/google.rpc.ErrorInfo', value: info }],
  }));
  return Object.assign(new Error(message), { code: grpc.status.UNAVAILABLE, details: message, metadata });
}
