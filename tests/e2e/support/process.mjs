// Whole processes, as an operator runs them: the daemon on a free port, and the command-line tool.
import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { mkdtempSync, rmSync } from 'node:fs';
import net from 'node:net';
import os from 'node:os';
import path from 'node:path';
import { fileURLToPath } from 'node:url';

const here = path.dirname(fileURLToPath(import.meta.url));
export const SOURCE = process.env.TRAILBOOK_SOURCE ?? path.resolve(here, '../../..');
export const BIN = process.env.TRAILBOOK_BIN ?? path.join(SOURCE, 'build/release/bin');
export const SAMPLE = path.join(SOURCE, 'deploy/sample');

const children = new Set();
process.on('exit', () => {
  for (const child of children) child.kill('SIGKILL');
});

// Whoever followed the quick start has told the tool in this shell where to look: that is not for the programs under test.
const { TRAILBOOK_SERVER, TRAILBOOK_PROGRAM, TRAILBOOK_AS, ...INHERITED } = process.env;

export const sleep = (ms) => new Promise((done) => setTimeout(done, ms));

// Undoes at the end of a test what it set up, last things first: a daemon stops before its directory goes.
const undoings = new WeakMap();
export function undo(t, step) {
  if (!undoings.has(t)) {
    const steps = [];
    undoings.set(t, steps);
    t.after(async () => {
      for (const last of steps.reverse()) await last();
    });
  }
  undoings.get(t).push(step);
}

// A directory that is gone after the test.
export function tempDir(t) {
  const dir = mkdtempSync(path.join(os.tmpdir(), 'trailbook-test-'));
  undo(t, () => rmSync(dir, { recursive: true, force: true }));
  return dir;
}

// A port that nobody listens on, below the range from which clients get theirs: a daemon that restarts finds it free again.
export async function freePort() {
  for (;;) {
    const port = 20000 + Math.floor(Math.random() * 12000);
    const server = net.createServer();
    const free = await new Promise((done) => {
      server.once('error', () => done(false));
      server.listen(port, '127.0.0.1', () => server.close(() => done(true)));
    });
    if (free) return port;
  }
}

// Runs a program to its end. With `input: null` its standard input stays open at .child.stdin.
export function run(file, args, { input, env = {}, cwd } = {}) {
  const child = spawn(file, args, { cwd, env: { ...INHERITED, ...env }, stdio: ['pipe', 'pipe', 'pipe'] });
  children.add(child);
  let stdout = '';
  let stderr = '';
  child.stdout.setEncoding('utf8').on('data', (text) => (stdout += text));
  child.stderr.setEncoding('utf8').on('data', (text) => (stderr += text));
  child.stdin.on('error', () => {}); // a program that does not read its input
  if (input !== null) child.stdin.end(input ?? '');
  const done = new Promise((resolve, reject) => {
    child.once('error', reject);
    child.once('close', (code, signal) => {
      children.delete(child);
      resolve({ code, signal, stdout, stderr });
    });
  });
  return Object.assign(done, { child });
}

class Daemon {
  constructor(child, data) {
    this.child = child;
    this.data = data;
    this.stderr = '';
    this.exited = once(child, 'exit').then(([code, signal]) => {
      children.delete(child);
      return { code, signal };
    });
    child.stderr.setEncoding('utf8').on('data', (text) => (this.stderr += text));
  }

  // Waits for the ready line and takes the address from it.
  async ready() {
    for (let waited = 0; waited < 30000; waited += 5) {
      const line = this.stderr.match(/^trailbookd ready on (\S+):(\d+) /m);
      if (line) {
        this.address = `${line[1]}:${line[2]}`;
        return this;
      }
      if (this.child.exitCode !== null || this.child.signalCode !== null) break;
      await sleep(5);
    }
    throw new Error(`trailbookd did not get ready: ${this.stderr}`);
  }

  get file() {
    return path.join(this.data, 'trailbook.db');
  }
  kill() {
    this.child.kill('SIGKILL');
    return this.exited;
  }
  stop() {
    this.child.kill('SIGTERM');
    return this.exited;
  }
  // The command-line tool, talking to this daemon.
  cli(args, options = {}) {
    return cli(args, { ...options, env: { TRAILBOOK_SERVER: this.address, ...options.env } });
  }
}

// Starts the daemon without waiting: for a start that must fail.
export function launchDaemon(data, { port = 0, args = [], env = {} } = {}) {
  const all = ['--data', data, '--listen', `127.0.0.1:${port}`, '--log-level', 'warn', ...args];
  const child = spawn(path.join(BIN, 'trailbookd'), all, { env: { ...process.env, ...env }, stdio: ['ignore', 'ignore', 'pipe'] });
  children.add(child);
  return new Daemon(child, data);
}

export async function startDaemon(t, data, options) {
  const daemon = launchDaemon(data, options);
  undo(t, () => daemon.kill());
  return daemon.ready();
}

export const cli = (args, options) => run(path.join(BIN, 'trailbook'), args, options);

// Fails the test with what the tool said unless its exit code is the expected one.
export async function expectCode(code, running) {
  const result = await running;
  if (result.code !== code) {
    throw new Error(`exit code ${result.code} (${result.signal}) instead of ${code}\n${result.stdout}${result.stderr}`);
  }
  return result;
}
export const ok = (running) => expectCode(0, running);
