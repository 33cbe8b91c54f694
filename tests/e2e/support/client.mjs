// A client that knows nothing of Trailbook but its proto files: grpc-js and proto-loader. int64 are decimal strings.
import grpc from '@grpc/grpc-js';
import loader from '@grpc/proto-loader';
import path from 'node:path';
import { SOURCE } from './process.mjs';

const files = ['program', 'partner', 'link', 'reporting', 'earnings', 'payout', 'ledger'].map(
  (noun) => `trailbook/v1/${noun}_service.proto`,
);
const definition = loader.loadSync(
  [...files, 'google/rpc/error_details.proto', 'grpc/health/v1/health.proto'],
  { includeDirs: [path.join(SOURCE, 'proto')], longs: String, enums: String, defaults: true, oneofs: true, keepCase: true },
);
const root = grpc.loadPackageDefinition(definition);
const decode = (type, bytes) => definition[type].deserialize(bytes);

const OPTIONS = { 'grpc.max_receive_message_length': 64 << 20, 'grpc.initial_reconnect_backoff_ms': 100 };

// Every method as a function from a request to a promise of the answer.
function promised(Service, address, actor, deadlineMs) {
  const stub = new Service(address, grpc.credentials.createInsecure(), OPTIONS);
  const out = { close: () => stub.close(), stub };
  for (const name of Object.keys(Service.service)) {
    out[name] = (request = {}, { as = actor, headers = {} } = {}) =>
      new Promise((resolve, reject) => {
        const metadata = new grpc.Metadata();
        if (as) metadata.set('trailbook-actor', as);
        for (const [key, value] of Object.entries(headers)) metadata.set(key, value);
        const deadline = Date.now() + deadlineMs;
        stub[name](request, metadata, { deadline }, (error, answer) => (error ? reject(error) : resolve(answer)));
      });
  }
  return out;
}

export function connect(address, { actor = 'tester', deadlineMs = 60000 } = {}) {
  const v1 = root.trailbook.v1;
  const make = (Service) => promised(Service, address, actor, deadlineMs);
  const services = {
    programs: make(v1.ProgramService),
    partners: make(v1.PartnerService),
    links: make(v1.LinkService),
    reports: make(v1.ReportingService),
    earnings: make(v1.EarningsService),
    payouts: make(v1.PayoutService),
    ledger: make(v1.LedgerService),
    health: make(root.grpc.health.v1.Health),
  };
  return { ...services, close: () => Object.values(services).forEach((service) => service.close()) };
}

export const SERVICES = Object.keys(definition)
  .filter((name) => /^trailbook\.v1\.\w+Service$/.test(name))
  .sort();

// google.rpc.Status from bytes: code by name, message, and what ErrorInfo and BadRequest say.
export function decodeStatus(status) {
  const out = { code: grpc.status[status.code], message: status.message };
  for (const detail of status.details) {
    if (detail.type_url === 'type.googleapis.com/google.rpc.ErrorInfo') {
      const info = decode('google.rpc.ErrorInfo', detail.value);
      Object.assign(out, { reason: info.reason, domain: info.domain, metadata: info.metadata });
    } else if (detail.type_url === 'type.googleapis.com/google.rpc.BadRequest') {
      out.fields = decode('google.rpc.BadRequest', detail.value).field_violations.map((violation) => violation.field);
    } else if (detail.type_url === 'type.googleapis.com/google.rpc.RetryInfo') {
      const { retry_delay } = decode('google.rpc.RetryInfo', detail.value);
      out.retry_after_ms = Number(retry_delay.seconds) * 1000 + retry_delay.nanos / 1e6;
    }
  }
  return out;
}

// Awaits a refusal and decodes it from the trailer grpc-status-details-bin.
export async function refusal(call) {
  try {
    await call;
  } catch (error) {
    const [bytes] = error.metadata?.get('grpc-status-details-bin') ?? [];
    if (!bytes) return { code: grpc.status[error.code], message: error.details };
    return decodeStatus(decode('google.rpc.Status', bytes));
  }
  throw new Error('the call was not refused');
}

export const seconds = (time) => ({ seconds: String(Math.floor(time / 1000)) });
export const money = (currency_code, minor_units) => ({ currency_code, minor_units: String(minor_units) });
let made = 0;
export const requestId = () => `r-${process.pid}-${++made}-${Math.random().toString(36).slice(2)}`;

// A program with one partner `jane` and a sign-up of `customer` ten days ago.
export async function smallProgram(api, { program = 'acme', customer = 'cus_1', rate_bps = 1000, hold_days = 30 } = {}) {
  const parent = `programs/${program}`;
  await api.programs.CreateProgram({
    program_id: program, program: { display_name: 'Acme' }, terms: { rate_bps, hold_days }, request_id: requestId(),
  });
  await api.partners.CreatePartner({
    parent, partner_id: 'jane', partner: { display_name: 'Jane Iyer' }, link_code: 'jane', request_id: requestId(),
  });
  await api.reports.ReportSignUp({
    parent, sign_up: { customer_id: customer, link_code: 'jane', occur_time: seconds(Date.now() - 10 * 86400000) },
  });
  return parent;
}

export const payment = (id, minor, { customer = 'cus_1', currency = 'USD', base = minor, time = Date.now() } = {}) => ({
  payment_id: id, customer_id: customer, collected: money(currency, minor), base_minor_units: String(base),
  occur_time: seconds(time),
});
