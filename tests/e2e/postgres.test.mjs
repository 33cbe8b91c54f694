// The same books on PostgreSQL: the sample's balances, daemons that share a database, books that move from one store to the other and back.
import assert from 'node:assert/strict';
import { existsSync, readFileSync, writeFileSync } from 'node:fs';
import path from 'node:path';
import test from 'node:test';
import { keepBooks } from './support/books.mjs';
import { connect, payment, smallProgram } from './support/client.mjs';
import { balances, csvObjects, day } from './support/data.mjs';
import { Cluster, missing, selfSigned } from './support/postgres.mjs';
import { startRelay } from './support/relay.mjs';
import { BIN, expectCode, freePort, launchDaemon, ok, run, SAMPLE, sleep, SOURCE, startDaemon, tempDir, undo } from './support/process.mjs';

const AS_OF = '2026-11-22';
const EXPECTED = balances(readFileSync(path.join(SAMPLE, 'expected-balances.csv'), 'utf8'));
const trailbookd = (...args) => run(path.join(BIN, 'trailbookd'), args);

const options = async (url) => ({ port: await freePort(), args: ['--store', url] });
const startOn = async (t, url, data = tempDir(t)) => startDaemon(t, data, await options(url));
const head = async (daemon, program) => csvObjects((await ok(daemon.cli(['ledger', 'head', '--program', program, '-o', 'csv']))).stdout)[0];

test('PostgreSQL', { skip: missing }, async (t) => {
  const cluster = await Cluster.start(t);
  const database = async (name) => {
    await cluster.ask(`CREATE DATABASE ${name}`);
    return cluster.url(name);
  };

  await t.test('the sample gives the expected balances, and verifies', { skip: day(0) < AS_OF }, async (t) => {
    const daemon = await startOn(t, await database('sample'));
    await ok(daemon.cli(['program', 'create', 'pracflow', '--name', 'PracFlow', '--rate-bps', '750', '--hold-days', '30',
      '--minimum', 'INR:1000.00', '--minimum', 'USD:25.00']));
    await ok(daemon.cli(['partner', 'import', path.join(SAMPLE, 'partners.csv'), '--program', 'pracflow']));
    await ok(daemon.cli(['import', 'stripe', path.join(SAMPLE, 'events.jsonl'), '--program', 'pracflow']));
    const list = await ok(daemon.cli(['earnings', 'list', '--program', 'pracflow', '--as-of', AS_OF, '-o', 'csv']));
    assert.deepEqual(balances(list.stdout), EXPECTED);
    await ok(daemon.cli(['ledger', 'verify', '--program', 'pracflow']));
    await ok(daemon.cli(['ledger', 'receipt', '100', '--program', 'pracflow']));
    assert.match((await expectCode(5, daemon.cli(['server', 'backup', '/tmp/none.db']))).stderr, /pg_basebackup/);
  });

  await t.test('a batch costs a few round trips, however many reports it has', async (t) => {
    const relay = await startRelay(t, cluster.port, 5);
    const url = (await database('trips')).replace(`:${cluster.port}/`, `:${relay.port}/`);
    const daemon = await startOn(t, url);
    const api = connect(daemon.address);
    undo(t, () => api.close());
    const parent = await smallProgram(api);
    const report = async (name, count) => {
      const events = [...Array(count)].map((__, n) => ({ payment: payment(`in_${name}_${n}`, 1000) }));
      const before = relay.trips;
      const { outcomes } = await api.reports.ReportBatch({ parent, events });
      assert.ok(outcomes.every(({ outcome }) => outcome === 'OUTCOME_RECORDED'));
      return relay.trips - before;
    };
    // The first statements of each kind are prepared.
    for (let round = 0; round < 4; ++round) await report(`warm_${round}`, 500);
    // Leases and rows of other records may be on their way as well, so the least of some tries is what counts.
    const least = async (count) => {
      const trips = [];
      for (let round = 0; round < 5; ++round) {
        await sleep(300);
        trips.push(await report(`${count}_${round}`, count));
      }
      return Math.min(...trips);
    };
    const few = await least(10);
    const many = await least(2000);
    t.diagnostic(`${few} for 10 reports, ${many} for 2000`);
    assert.ok(few <= 4, `10 reports: ${few}`);
    assert.ok(many <= 4, `2000 reports: ${many}`);
  });

  await t.test('daemons share a database: programs have one writer each, every daemon reads, and the tool finds the writer', async (t) => {
    const url = await database('shared');
    const one = await startOn(t, url);
    const connections = await cluster.ask("SELECT count(*) FROM pg_stat_activity WHERE application_name = 'trailbook' AND datname = 'shared'");
    assert.equal(connections, '5', 'two that write, one that reads for them, two that answer: as deploy/postgresql.md says');
    const two = await startOn(t, url);
    await ok(one.cli(['program', 'create', 'alpha', '--name', 'Alpha', '--rate-bps', '1000']));
    await ok(two.cli(['program', 'create', 'beta', '--name', 'Beta', '--rate-bps', '1000']));
    await ok(one.cli(['partner', 'create', 'jane', '--name', 'Jane', '--program', 'alpha']));
    await ok(two.cli(['partner', 'create', 'jane', '--name', 'Jane', '--program', 'beta']));
    for (const daemon of [one, two]) {
      for (const program of ['alpha', 'beta']) {
        await ok(daemon.cli(['partner', 'create', `by-${daemon === one ? 1 : 2}`, '--name', 'X', '--program', program]));
      }
    }
    for (const program of ['alpha', 'beta']) assert.deepEqual(await head(one, program), await head(two, program));
    const holders = await cluster.ask('SELECT count(DISTINCT holder) FROM lease WHERE program_id > 0', 'shared');
    assert.equal(holders, '2', 'each daemon writes one program');

    // An import that comes to the wrong door goes to the right one with everything that it has read already, also from a pipe.
    const paid = (n) => JSON.stringify({ id: `evt_${n}`, object: 'event', type: 'invoice.paid', created: 1760000000, data: { object: {
      id: `in_${n}`, object: 'invoice', customer: 'nobody', currency: 'usd', status: 'paid', amount_paid: 100, total: 100, total_excluding_tax: 100,
      created: 1760000000, status_transitions: { paid_at: 1760000000 } } } });
    const input = `${[...Array(2500).keys()].map(paid).join('\n')}\n`;
    const imported = await ok(two.cli(['import', 'stripe', '-', '--program', 'alpha', '-o', 'json'], { input }));
    assert.deepEqual(JSON.parse(imported.stdout), { PARKED: 2500 });

    // The other takes over within seconds of a death, and when the first stops it need not wait at all.
    await one.kill();
    const died = Date.now();
    for (;;) {
      const made = await two.cli(['partner', 'create', 'after', '--name', 'After', '--program', 'alpha', '--request-id', 'after-death']);
      if (made.code === 0) break;
      assert.ok(Date.now() - died < 20000, made.stderr);
      await sleep(200);
    }
    await two.stop();
    const three = await startOn(t, url);
    await ok(three.cli(['partner', 'create', 'third', '--name', 'Third', '--program', 'beta']));
    for (const program of ['alpha', 'beta']) await ok(three.cli(['ledger', 'verify', '--program', program]));
  });

  await t.test('books move to PostgreSQL and back, and are proved to be the same', async (t) => {
    const data = path.join(tempDir(t), 'data');
    const first = await startDaemon(t, data);
    await keepBooks(first, path.dirname(data));
    const before = await head(first, 'books');
    const listed = (await ok(first.cli(['earnings', 'list', '--program', 'books', '-o', 'csv']))).stdout;
    assert.match((await expectCode(1, trailbookd('copy', '--from', data, '--to', cluster.url()))).stderr, /held by another trailbookd/);
    await first.stop();

    const url = await database('moved');
    // Stopped in the middle, it goes on where it was; until it is done nobody can start on it.
    const copying = trailbookd('copy', '--from', data, '--to', url);
    await sleep(150);
    copying.child.kill('SIGKILL');
    await copying;
    await ok(trailbookd('copy', '--from', data, '--to', url));
    const copied = await ok(trailbookd('copy', '--from', data, '--to', url));
    assert.match(copied.stdout, new RegExp(`program books: ${before.size} records, root ${before.root_hash}`));
    assert.match(copied.stdout, /every row of every table is the same/);

    const second = await startOn(t, url);
    assert.equal((await head(second, 'books')).root_hash, before.root_hash);
    assert.equal((await ok(second.cli(['earnings', 'list', '--program', 'books', '-o', 'csv']))).stdout, listed);
    await ok(second.cli(['ledger', 'verify', '--program', 'books']));
    await ok(second.cli(['report', 'payment', 'in_new', '--customer', 'twice', '--collected', 'USD:10.00', '--program', 'books']));
    assert.match((await expectCode(1, trailbookd('copy', '--from', url, '--to', data))).stderr, /writes to it; stop it/);
    await second.stop();

    const back = path.join(tempDir(t), 'back');
    assert.match((await expectCode(1, trailbookd('copy', '--from', url, '--to', data))).stderr, /differs|only in/, 'the old books are older');
    await ok(trailbookd('copy', '--from', url, '--to', back));
    const third = await startDaemon(t, back);
    await ok(third.cli(['ledger', 'verify', '--program', 'books']));
    assert.equal(Number((await head(third, 'books')).size), Number(before.size) + 1);

    const other = await database('other');
    await (await startOn(t, other)).stop();
    assert.match((await expectCode(1, trailbookd('copy', '--from', data, '--to', other))).stderr, /books of its own/);
    const nowhere = path.join(tempDir(t), 'mistyped');
    assert.match((await expectCode(1, trailbookd('copy', '--from', nowhere, '--to', await database('untouched')))).stderr, /there is no ledger in/);
    assert.ok(!existsSync(nowhere), 'nothing was made');
    assert.match((await expectCode(1, trailbookd('copy', '--from', await database('empty'), '--to', await database('empty2')))).stderr, /holds no books/);
    const half = await database('half');
    await (await startOn(t, half)).stop();
    await cluster.ask("INSERT INTO log_record VALUES (1, 1, 'x')", 'half');
    const refused = launchDaemon(tempDir(t), await options(half));
    assert.notEqual((await refused.exited).code, 0);
    assert.match(refused.stderr, /copy into this store is not finished/);
  });

  await t.test('a copy that is interrupted ends at once, and is done when it is run again', async (t) => {
    const data = path.join(tempDir(t), 'data');
    const daemon = await startDaemon(t, data);
    await keepBooks(daemon, path.dirname(data));
    await daemon.stop();
    // So far away that it takes seconds.
    const relay = await startRelay(t, cluster.port, 50);
    const url = await database('interrupted');
    const copying = trailbookd('copy', '--from', data, '--to', url.replace(`:${cluster.port}/`, `:${relay.port}/`));
    for (let waited = 0; relay.trips < 10; waited += 10) {
      assert.ok(waited < 20000, `${relay.trips} round trips`);
      await sleep(10);
    }
    copying.child.kill('SIGINT');
    const asked = Date.now();
    const { code, signal, stdout } = await copying;
    assert.deepEqual({ code, signal }, { code: null, signal: 'SIGINT' });
    assert.ok(Date.now() - asked < 1000, 'at once');
    assert.doesNotMatch(stdout, /every row/);
    assert.match((await ok(trailbookd('copy', '--from', data, '--to', url))).stdout, /every row of every table is the same/);
  });

  await t.test('a daemon that owns nothing keeps the books, and can only add to the log', async (t) => {
    const owner = await database('granted');
    await (await startOn(t, owner)).stop();
    await cluster.ask('CREATE ROLE clerk LOGIN');
    await cluster.script(path.join(SOURCE, 'deploy/postgresql-grants.sql'), { role: 'clerk' }, 'granted');
    const daemon = await startOn(t, owner.replace('trailbook@', 'clerk@'));
    await ok(daemon.cli(['program', 'create', 'acme', '--name', 'Acme', '--rate-bps', '1000', '--hold-days', '5']));
    await ok(daemon.cli(['partner', 'create', 'jane', '--name', 'Jane', '--payout-method', 'paypal', '--payout-account', 'j@mail.example', '--program', 'acme']));
    await ok(daemon.cli(['report', 'sign-up', '--customer', 'c', '--partner', 'jane', '--time', day(-20), '--program', 'acme']));
    await ok(daemon.cli(['report', 'payment', 'p', '--customer', 'c', '--collected', 'USD:100.00', '--time', day(-10), '--program', 'acme']));
    await ok(daemon.cli(['earnings', 'mature', '--program', 'acme']));
    await ok(daemon.cli(['payout', 'create', '--currency', 'USD', '--program', 'acme']));
    await ok(daemon.cli(['ledger', 'verify', '--program', 'acme']));
    for (const sql of ['DELETE FROM log_record', "UPDATE log_record SET body = 'x'", 'TRUNCATE log_record', 'DELETE FROM log_head',
      'DROP TRIGGER log_record_no_delete ON log_record', 'ALTER TABLE log_record DISABLE TRIGGER ALL', 'DELETE FROM schema_migration']) {
      await assert.rejects(cluster.ask(sql, 'granted', 'clerk'), /permission denied|must be owner/, sql);
    }
    await assert.rejects(cluster.ask('DELETE FROM log_record', 'granted'), /the log is append-only/);
  });

  await t.test('over TLS, where the server must prove who it is, with a password from a file', async (t) => {
    const secured = await Cluster.start(t);
    await secured.ask("CREATE ROLE clerk LOGIN PASSWORD 's3cret'");
    await secured.ask('CREATE DATABASE books OWNER clerk');
    const authority = await secured.demandTls('127.0.0.1');
    const url = (ca, mode = 'verify-full') => `${secured.url('books', 'clerk')}?sslmode=${mode}&sslrootcert=${ca}`;
    const passwords = (password) => {
      const file = path.join(tempDir(t), 'pgpass');
      writeFileSync(file, `127.0.0.1:${secured.port}:books:clerk:${password}\n`, { mode: 0o600 });
      return { PGPASSFILE: file };
    };
    const start = async (uri, env) => launchDaemon(tempDir(t), { ...(await options(uri)), env: { PGPASSWORD: '', ...env } });
    const refusal = async (uri, env) => {
      const daemon = await start(uri, env);
      assert.notEqual((await daemon.exited).code, 0, uri);
      return daemon.stderr;
    };
    const daemon = await start(url(authority), passwords('s3cret'));
    undo(t, () => daemon.kill());
    await daemon.ready();
    await ok(daemon.cli(['program', 'create', 'acme', '--name', 'Acme', '--rate-bps', '1000']));
    await ok(daemon.cli(['partner', 'create', 'jane', '--name', 'Jane', '--program', 'acme']));
    await ok(daemon.cli(['ledger', 'verify', '--program', 'acme']));
    const plain = await secured.ask("SELECT count(*) FROM pg_stat_ssl JOIN pg_stat_activity USING (pid) WHERE application_name = 'trailbook' AND NOT ssl");
    assert.equal(plain, '0', 'every connection is encrypted');

    assert.match(await refusal(url(authority), passwords('guess')), /password authentication failed for user "clerk"/);
    assert.match(await refusal(url(authority), { PGPASSFILE: '/dev/null' }), /no password supplied/);
    const { certificate: stranger } = await selfSigned(tempDir(t), '127.0.0.1');
    assert.match(await refusal(url(stranger), passwords('s3cret')), /certificate verify failed/);
    assert.match(await refusal(url(authority, 'disable'), passwords('s3cret')), /no encryption/);
  });

  await t.test('what is wrong is said', async (t) => {
    const said = async (url) => {
      const daemon = launchDaemon(tempDir(t), await options(url));
      assert.equal((await daemon.exited).code !== 0, true, url);
      return daemon.stderr;
    };
    assert.match(await said(cluster.url('nowhere')), /database "nowhere" does not exist/);
    assert.match(await said(`postgres://nobody@127.0.0.1:${cluster.port}/postgres`), /role "nobody" does not exist/);
    assert.match(await said(`postgres://trailbook@127.0.0.1:${await freePort()}/postgres`), /Connection refused/);
    assert.match(await said('mysql://x'), /postgres:\/\/USER@HOST/);
    assert.match(await said(`${cluster.url()}?nonsense=1`), /invalid URI query parameter/);
    await cluster.ask("CREATE ROLE reader LOGIN");
    await database('guarded');
    assert.match(await said(`postgres://reader@127.0.0.1:${cluster.port}/guarded`), /permission denied/);
    const noPort = await trailbookd('--data', tempDir(t), '--store', cluster.url(), '--listen', '127.0.0.1:0');
    assert.match(noPort.stderr, /needs a port other than 0/);
  });
});
