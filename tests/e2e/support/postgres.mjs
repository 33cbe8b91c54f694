// PostgreSQL clusters of the tests' own: on loopback, on free ports, in temporary directories, stopped by their process ids.
import { appendFileSync, mkdtempSync, chownSync, copyFileSync, readdirSync, readFileSync, rmSync, existsSync, writeFileSync } from 'node:fs';
import os from 'node:os';
import path from 'node:path';
import { freePort, ok, run, sleep, undo } from './process.mjs';

const VERSIONS = '/usr/lib/postgresql';
const BIN = existsSync(VERSIONS) ? path.join(VERSIONS, readdirSync(VERSIONS).sort((a, b) => Number(a) - Number(b)).at(-1), 'bin') : null;
const USER = 'trailbook';

// PostgreSQL refuses to run as root.
const isRoot = process.getuid() === 0;
const tool = (name, args, options = {}) =>
  isRoot ? run('runuser', ['-u', 'postgres', '--', path.join(BIN, name), ...args], { cwd: '/', ...options }) : run(path.join(BIN, name), args, options);

async function ids() {
  if (!isRoot) return [process.getuid(), process.getgid()];
  const id = async (flag) => Number((await ok(run('id', [flag, 'postgres']))).stdout);
  return [await id('-u'), await id('-g')];
}

// A certificate for a host that is its own authority, and its key, in a folder.
export async function selfSigned(dir, host) {
  const certificate = path.join(dir, 'server.crt');
  const key = path.join(dir, 'server.key');
  await ok(run('openssl', ['req', '-x509', '-newkey', 'rsa:2048', '-nodes', '-days', '2', '-subj', `/CN=${host}`, '-addext', `subjectAltName=IP:${host}`,
    '-keyout', key, '-out', certificate]));
  return { certificate, key };
}

export class Cluster {
  static async make(t, settings = {}) {
    const cluster = new Cluster();
    cluster.dir = mkdtempSync(path.join(os.tmpdir(), 'trailbook-postgres-'));
    chownSync(cluster.dir, ...(await ids()));
    cluster.data = path.join(cluster.dir, 'data');
    cluster.port = await freePort();
    cluster.settings = { fsync: 'off', full_page_writes: 'off', ...settings };
    undo(t, async () => {
      await cluster.kill();
      rmSync(cluster.dir, { recursive: true, force: true });
    });
    return cluster;
  }
  static async start(t, settings) {
    const cluster = await Cluster.make(t, settings);
    await ok(tool('initdb', ['-D', cluster.data, '-U', USER, '-A', 'trust', '-E', 'UTF8', '--locale=C', '-N']));
    await cluster.run();
    return cluster;
  }
  // A copy of this one that follows it.
  async standby(t) {
    const standby = await Cluster.make(t, this.settings);
    await ok(tool('pg_basebackup', ['-D', standby.data, '-d', this.url(), '-R', '-X', 'stream', '-c', 'fast']));
    await standby.run();
    return standby;
  }
  async run() {
    const settings = { ...this.settings, listen_addresses: '127.0.0.1', port: this.port, unix_socket_directories: "''", max_connections: 200 };
    const options = Object.entries(settings).map(([key, value]) => `-c ${key}=${value}`).join(' ');
    await ok(tool('pg_ctl', ['-D', this.data, '-l', path.join(this.dir, 'log'), '-w', '-t', '60', '-o', options, 'start']));
  }
  get pid() {
    const file = path.join(this.data, 'postmaster.pid');
    return existsSync(file) ? Number(readFileSync(file, 'utf8').split('\n')[0]) : null;
  }
  // From now on: TLS and passwords for everybody but the tests' own user. Returns the file of the authority that vouches for the server.
  async demandTls(host) {
    const made = await selfSigned(this.dir, host);
    for (const file of [made.certificate, made.key]) {
      const own = path.join(this.data, path.basename(file));
      copyFileSync(file, own);
      chownSync(own, ...(await ids()));
    }
    writeFileSync(path.join(this.data, 'pg_hba.conf'), `host all ${USER} 127.0.0.1/32 trust\nhostssl all all 127.0.0.1/32 scram-sha-256\n`);
    appendFileSync(path.join(this.data, 'postgresql.conf'), 'ssl = on\n');
    await ok(tool('pg_ctl', ['-D', this.data, 'reload']));
    for (let waited = 0; (await this.ask('SHOW ssl')) !== 'on'; ++waited) {
      if (waited === 200) throw new Error(`the cluster does not begin to speak TLS: ${readFileSync(path.join(this.dir, 'log'), 'utf8')}`);
      await sleep(50);
    }
    return made.certificate;
  }
  // Dead at once, with everything that belongs to it.
  async kill() {
    const pid = this.pid;
    if (!pid) return;
    const children = (await run('pgrep', ['-P', String(pid)])).stdout.split('\n').filter((line) => line !== '').map(Number);
    for (const each of [pid, ...children]) {
      try {
        process.kill(each, 'SIGKILL');
      } catch {
        // it has gone by itself
      }
    }
    for (let waited = 0; waited < 100 && existsSync(`/proc/${pid}`); ++waited) await sleep(50);
    rmSync(path.join(this.data, 'postmaster.pid'), { force: true });
  }
  async promote() {
    await ok(tool('pg_ctl', ['-D', this.data, '-w', 'promote']));
  }
  url(database = 'postgres', user = USER) {
    return `postgres://${user}@127.0.0.1:${this.port}/${database}`;
  }
  // One value, or rows of values, of a question.
  async ask(sql, database, user) {
    const { stdout } = await ok(tool('psql', ['-X', '-A', '-t', '-v', 'ON_ERROR_STOP=1', '-c', sql, this.url(database, user)]));
    return stdout.trim();
  }
  // A file of statements, with psql's variables. Read here: the user that runs psql may not see it.
  async script(file, variables, database) {
    const values = Object.entries(variables).flatMap(([name, value]) => ['-v', `${name}=${value}`]);
    await ok(tool('psql', ['-X', '-q', '-v', 'ON_ERROR_STOP=1', ...values, '-f', '-', this.url(database)], { input: readFileSync(file, 'utf8') }));
  }
}

export const missing = BIN === null ? 'PostgreSQL is not installed' : false;
