// The query engine as a process of its own: Prisma's WebAssembly engine on node-postgres, behind
// the HTTP interface that the Python client speaks.
//
// The parent writes one JSON line to stdin, { modules, datamodel, schema, pool, token,
// log_queries }, and reads one from stdout, { port, engine } or { error }. From then on stdin says
// only that the parent lives: its end is the order to stop, so the engine outlives no parent, not
// even one that was killed. Log lines go to stderr as JSON. Values of queries are never logged.
'use strict';

const fs = require('node:fs');
const http = require('node:http');
const path = require('node:path');
const { timingSafeEqual } = require('node:crypto');
const { createRequire } = require('node:module');
const { thrownErrors, toldAnswer } = require('./query-errors.cjs');
const { readModels, translate, underResult, withoutTypes } = require('./query-text.cjs');

const ENGINE_COMMIT = '393aa359c9ad4a4bb28630fb5613f9c281cde053'; // of @prisma/client 5.17.0
const LARGEST_BODY = 64 * 1024 * 1024;
const LONGEST_STOP = 1000; // ms; a statement that still runs then is left to the server
const NO_TRACE = '{}';

process.stderr.on('error', () => {}); // nobody reads the log of an engine whose parent has died
const log = (level, message) => process.stderr.write(`${JSON.stringify({ level, message })}\n`);

// ---------------------------------------------------------------- connections

const UTC = /^(Etc\/)?(UTC|UCT|GMT|Universal|Zulu|Greenwich)$/i;

// A client that works in UTC or not at all. The adapter drops the offset from the times that the
// server prints, so in another zone every timestamptz would be read hours wrong, without an error.
// The server reports the session's zone on connecting and after each SET, which costs no query.
function utcOnly(Client) {
  return class UtcClient extends Client {
    constructor(config) {
      super(config);
      this.connection.on('parameterStatus', ({ parameterName, parameterValue }) => {
        if (parameterName !== 'TimeZone' || UTC.test(parameterValue)) return;
        this.connection.stream.destroy(new Error(
          `The session's time zone is ${parameterValue}, and only UTC is read rightly. Set it ` +
          `for the account, never in a query: ALTER ROLE "${this.user}" SET timezone = 'UTC'`,
        ));
      });
    }
  };
}

function openPool({ Pool, Client }, settings) {
  const pool = new Pool({ ...settings, Client: utcOnly(Client) });
  // Without listeners a connection that the server ends, idle or inside a transaction, would end
  // this process. The pool repeats what its clients report.
  const lost = (error) => log('warning', `database connection lost: ${error.message}`);
  pool.on('connect', (client) => client.on('error', lost));
  pool.on('error', () => {});
  return pool;
}

// Lists of JSON come to the engine as a list of texts, one for each item. The driver would parse
// them, and the adapter forgets to say otherwise.
function keepJsonText({ types }, postgresArray) {
  const JSON_LIST = 199;
  const JSONB_LIST = 3807;
  for (const oid of [JSON_LIST, JSONB_LIST]) {
    types.setTypeParser(oid, (text) => postgresArray.parse(text, (item) => item));
  }
}

function loadEngineClass(modules) {
  const runtime = path.join(modules, '@prisma/client/runtime');
  const glue = require(path.join(runtime, 'query_engine_bg.postgresql.js'));
  const binary = fs.readFileSync(path.join(runtime, 'query_engine_bg.postgresql.wasm'));
  const module = new WebAssembly.Module(binary);
  const instance = new WebAssembly.Instance(module, { './query_engine_bg.js': glue });
  glue.__wbg_set_wasm(instance.exports);
  return glue.QueryEngine;
}

async function openEngine(config) {
  const load = createRequire(path.join(config.modules, 'package.json'));
  const { PrismaPg } = load('@prisma/adapter-pg');
  const { bindAdapter } = load('@prisma/driver-adapter-utils');
  const pg = load('pg');
  keepJsonText(pg, load('postgres-array'));
  const pool = openPool(pg, config.pool);
  const adapter = bindAdapter(new PrismaPg(pool, { schema: config.schema }));
  const QueryEngine = loadEngineClass(config.modules);
  const options = {
    datamodel: config.datamodel,
    logQueries: Boolean(config.log_queries),
    logLevel: config.log_queries ? 'info' : 'error',
    ignoreEnvVarErrors: true,
    datasourceOverrides: {},
    env: {},
    configDir: '.',
    engineProtocol: 'json',
  };
  const engine = new QueryEngine(options, logStatement, adapter);
  await engine.connect(NO_TRACE);
  return { engine, adapter, pool };
}

// The engine's own log line, without the values that a statement was run with.
function logStatement(line) {
  const entry = JSON.parse(line);
  if (entry.query === undefined) log(entry.level === 'ERROR' ? 'error' : 'info', entry.message);
  else log('info', `${entry.query} (${entry.duration_ms} ms)`);
}

// ---------------------------------------------------------------- requests

class Service {
  constructor({ engine, adapter, models }) {
    this.engine = engine;
    this.registry = adapter.errorRegistry;
    this.models = models;
  }

  // The answer to one request as JSON text; null for an unknown path.
  async answer(method, where, body, transaction) {
    if (where === '/status') return '{"status":"ok"}';
    if (where === '/metrics') return '{"counters":[],"gauges":[],"histograms":[]}';
    if (method !== 'POST') return null;
    if (where === '/transaction/start') {
      return settled(await this.engine.startTransaction(body, NO_TRACE));
    }
    const end = /^\/transaction\/([\w-]+)\/(commit|rollback)$/.exec(where);
    if (end !== null) return this.endTransaction(end[1], end[2]);
    if (where !== '/') return null;
    const request = JSON.parse(body);
    return request.batch ? this.batch(request, transaction) : this.one(request, transaction);
  }

  async endTransaction(id, how) {
    const end = how === 'commit' ? 'commitTransaction' : 'rollbackTransaction';
    return settled((await this.engine[end](id, NO_TRACE)) || '{}');
  }

  async one({ query }, transaction) {
    const { request, raw } = translate(query, this.models);
    const answer = await this.engine.query(request, NO_TRACE, transaction);
    return toldAnswer(underResult(raw ? answer : withoutTypes(answer)), this.registry);
  }

  async batch({ batch, transaction: atomic }, transaction) {
    const parts = batch.map(({ query }) => translate(query, this.models).request);
    const request = `{"batch":[${parts.join(',')}],"transaction":${atomic ? '{}' : 'null'}}`;
    const answer = await this.engine.query(request, NO_TRACE, transaction);
    const told = JSON.parse(toldAnswer(withoutTypes(answer), this.registry));
    for (const item of told.batchResult ?? []) {
      if (item.data) item.data = { result: Object.values(item.data)[0] };
    }
    return JSON.stringify(told);
  }
}

// Transaction calls give an error back as an ordinary value.
function settled(text) {
  if (JSON.parse(text).error_code !== undefined) throw new Error(text);
  return text;
}

// ---------------------------------------------------------------- server

function serve(service, token) {
  const expected = Buffer.from(`Bearer ${token}`);
  const allowed = (header) => {
    const given = Buffer.from(header ?? '');
    return given.length === expected.length && timingSafeEqual(given, expected);
  };
  return http.createServer((request, response) => {
    const send = (status, text) => {
      response.writeHead(status, { 'content-type': 'application/json' });
      response.end(text);
    };
    if (!allowed(request.headers.authorization)) {
      request.resume();
      send(401, '{}');
      return;
    }
    const chunks = [];
    let size = 0;
    request.on('data', (chunk) => {
      size += chunk.length;
      if (size <= LARGEST_BODY) chunks.push(chunk);
      else chunks.length = 0; // read to the end and dropped, so that the answer can be sent
    });
    request.on('end', () => {
      if (size > LARGEST_BODY) {
        send(413, JSON.stringify({ error: 'a request is 64 MiB at most: send fewer rows' }));
        return;
      }
      const where = request.url.split('?')[0];
      const body = Buffer.concat(chunks).toString();
      service.answer(request.method, where, body, request.headers['x-transaction-id']).then(
        (text) => (text === null ? send(404, '{}') : send(200, text)),
        (error) => {
          send(200, thrownErrors(error, service.registry));
          if (error instanceof WebAssembly.RuntimeError) {
            // The engine's memory can't be trusted after a trap: the parent starts a new process.
            response.on('finish', () => process.exit(70));
          }
        },
      );
    });
  });
}

async function main(config) {
  const models = readModels(config.datamodel);
  const { engine, adapter, pool } = await openEngine(config);
  const server = serve(new Service({ engine, adapter, models }), config.token);
  server.keepAliveTimeout = 60_000;
  const stop = async () => {
    setTimeout(() => process.exit(0), LONGEST_STOP);
    server.close();
    await engine.disconnect(NO_TRACE).catch((error) => log('warning', error.message));
    await pool.end().catch((error) => log('warning', error.message));
    process.exit(0);
  };
  process.on('SIGINT', stop);
  process.on('SIGTERM', stop);
  process.stdin.on('end', stop);
  server.listen(0, '127.0.0.1', () => {
    const { port } = server.address();
    process.stdout.write(`${JSON.stringify({ port, engine: ENGINE_COMMIT })}\n`);
  });
}

let received = '';
process.stdin.setEncoding('utf8').on('data', function read(chunk) {
  received += chunk;
  const end = received.indexOf('\n');
  if (end < 0) return;
  process.stdin.off('data', read).resume();
  main(JSON.parse(received.slice(0, end))).catch((error) => {
    process.stdout.write(`${JSON.stringify({ error: error.message })}\n`, () => process.exit(1));
  });
});
