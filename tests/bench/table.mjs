// The figures as a table: targets beside what was measured, then the rates that the ratios are made of.
const show = (value) => (Math.abs(value) >= 100 ? Math.round(value).toString() : value.toPrecision(3));

function median(values) {
  return [...values].sort((a, b) => a - b)[Math.floor(values.length / 2)];
}

function columns(rows) {
  const widths = rows[0].map((_, at) => Math.max(...rows.map((row) => row[at].length)));
  return rows.map((row) => row.map((cell, at) => (at < 2 ? cell.padEnd(widths[at]) : cell.padStart(widths[at]))).join('  ').trimEnd()).join('\n');
}

export function table(targets, rounds) {
  const judged = targets.map((t) => [t.id, t.what, show(t.value), `${show(t.lowest)}-${show(t.highest)}`, `${t.least ? '>=' : '<='} ${show(t.target)}`, t.met ? 'met' : 'not met']);
  const rate = (what, of) => {
    const values = rounds.map(of);
    return ['', what, show(median(values)), `${show(Math.min(...values))}-${show(Math.max(...values))}`];
  };
  const rates = [
    rate('echo, 64 in flight', (r) => r.s64.echo.payments_per_s), rate('echo, 256 in flight', (r) => r.s256.echo.payments_per_s),
    rate('a file synced and no ledger, 64 in flight', (r) => r.s64.synced.payments_per_s), rate('a file synced and no ledger, 256', (r) => r.s256.synced.payments_per_s),
    rate('echo, streams, 4 x 256', (r) => r.stream256.echo.payments_per_s), rate('echo, streams, 4 x 1024', (r) => r.stream1024.echo.payments_per_s),
    rate('single reports, 64 in flight', (r) => r.s64.ours.payments_per_s),
    rate('single reports, 256 in flight', (r) => r.s256.ours.payments_per_s),
    rate('reports for one hot partner', (r) => Math.max(...r.hot.map((run) => run.payments_per_s))), rate('streamed reports, 4 x 256', (r) => r.stream256.ours.payments_per_s),
    rate('streamed reports, 4 x 1024', (r) => r.stream1024.ours.payments_per_s),
    rate('batches of 1000', (r) => r.batch.payments_per_s), rate('SQLite alone', (r) => r.sqlite), rate('plpgsql peer', (r) => r.peer),
    rate('plpgsql peer, one hot partner', (r) => r.peerHot), rate('set-based peer', (r) => r.peerBatch),
    rate('on PostgreSQL: single reports', (r) => Math.max(...r.pgSingle.map((run) => run.payments_per_s))), rate('on PostgreSQL: batches', (r) => r.pgBatch.payments_per_s),
  ];
  return [columns([['', 'what', 'median', 'spread', 'target', ''], ...judged]), '', 'a second:', columns(rates)].join('\n');
}
