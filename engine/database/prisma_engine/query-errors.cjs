// Errors of the engine in the form that the Python client turns into its error classes:
//
//   { error, user_facing_error: { is_panic, message, error_code, meta } }
//
// The engine reports them in three ways: thrown with JSON as the message, as an ordinary answer
// { errors: [...] }, and from transaction calls as an ordinary answer with an error_code.
'use strict';

// Codes of PostgreSQL (SQLSTATE) and of Node that mean: the server can't be talked to now.
const OUT_OF_REACH = /^(E[A-Z_]+|57P0[123]|08\w{3}|53300)$/;
const OUT_OF_REACH_MESSAGE =
  /Connection terminated|connection error and is not queryable|timeout exceeded when trying/;
const PRISMA_CODES = new Map([
  ['3D000', 'P1003'], // no such database
  ['28000', 'P1010'], // this account may not enter
  ['28P01', 'P1000'], // wrong password
  ['40001', 'P2034'], // conflict of two transactions
  ['40P01', 'P2034'], // deadlock
  ['55P03', 'P1008'], // a lock was not given in time
]);

// What the engine could not name, in the debugging form that it then prints.
const FROM_SERVER = /PostgresError \{ code: "(\w{5})", message: "((?:[^"\\]|\\.)*)"/;
const FROM_CONNECTING = /kind: ConnectionError\((.*)\), transient/;
const CONNECTING_CODES = new Map([
  ['Database does not exist', 'P1003'],
  ['Access denied', 'P1010'],
  ['Authentication failed', 'P1000'],
]);

function named(code, message) {
  const unreachable = OUT_OF_REACH.test(code ?? '') || OUT_OF_REACH_MESSAGE.test(message);
  return {
    error_code: unreachable ? 'P1001' : PRISMA_CODES.get(code),
    message,
    meta: code === undefined ? {} : { code },
  };
}

// P2036 says only "external connector, id 3": the error itself is in the adapter's registry.
function fromRegistry(face, registry) {
  const cause = registry.consumeError(face.meta.id)?.error;
  registry.registeredErrors[face.meta.id] = undefined; // consumeError leaves the slot in use
  if (cause === undefined) return face;
  return { error_code: 'P2036', ...defined(named(cause.code, cause.message || cause.code)) };
}

// The debugging form also quotes the failing row; it is left out.
function fromText(face) {
  const [, code, quoted] = FROM_SERVER.exec(face.message) ?? [];
  if (code !== undefined) return named(code, quoted.replace(/\\(.)/g, '$1'));
  const [, text] = FROM_CONNECTING.exec(face.message) ?? [];
  if (text === undefined) return face;
  const start = [...CONNECTING_CODES.keys()].find((known) => text.startsWith(known));
  return { error_code: CONNECTING_CODES.get(start) ?? 'P1001', message: text, meta: {} };
}

const defined = (object) =>
  Object.fromEntries(Object.entries(object).filter(([, value]) => value !== undefined));

// An engine's error { error_code, message, meta } with the server's or the driver's own words.
function withCause(face, registry) {
  if (face.error_code === 'P2036') return fromRegistry(face, registry);
  return face.error_code === undefined ? fromText(face) : face;
}

function toldError(face, registry) {
  const { error_code, message, meta = {}, is_panic = false } = withCause(face, registry);
  // The client recognises an expired transaction by how this text starts.
  const error = String(message).replace(/^Transaction API error: /, '');
  return { error, user_facing_error: { is_panic, message: String(message), error_code, meta } };
}

// What was thrown, as an answer: the engine throws JSON, everything else throws plain words.
function thrownErrors(error, registry) {
  let face = { message: error?.message || String(error) };
  try {
    face = JSON.parse(face.message);
  } catch {
    // plain words, which `face` already holds
  }
  return JSON.stringify({ errors: [toldError(face, registry)] });
}

// An ordinary answer as it is; one that holds errors with each of them retold.
function toldAnswer(text, registry) {
  if (!text.startsWith('{"errors"')) return text;
  const errors = JSON.parse(text).errors.map((item) => ({
    ...item,
    ...toldError(item.user_facing_error, registry),
  }));
  return JSON.stringify({ errors });
}

module.exports = { thrownErrors, toldAnswer };
