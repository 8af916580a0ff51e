// The two languages between the Python client and Prisma's WebAssembly engine.
//
// The client writes a query as GraphQL text; the engine reads JSON, and marks the types of what it
// answers. Both directions work on text, never on parsed numbers: a 64-bit integer that passed
// through a JavaScript number would come back rounded.
//
//   query { result: findManyParcel ( where: { weight: { gte: 3 } } take: 2 ) { id } }
//     becomes {"modelName":"Parcel","action":"findMany","query":{
//               "arguments":{"where":{"weight":{"gte":3}},"take":2},"selection":{"id":true}}}
//
//   {"data":{"findManyParcel":[{"id":{"$type":"BigInt","value":"7"}}]}}
//     becomes {"data":{"result":[{"id":"7"}]}}
'use strict';

const RAW_ACTIONS = ['queryRaw', 'executeRaw'];
const ACTIONS = [
  'findUnique', 'findFirst', 'findMany', 'createMany', 'createOne', 'updateMany', 'updateOne',
  'deleteMany', 'deleteOne', 'upsertOne', 'aggregate', 'groupBy',
];

// Keys below which the fields of the same model stand. A field of that name would be taken for the
// key, or the key for the field, and a Json column inside would be stored as quoted text.
const RESERVED = new Set([
  'AND', 'OR', 'NOT', 'where', 'data', 'create', 'update', 'upsert', 'connect', 'connectOrCreate',
  'createMany', 'updateMany', 'deleteMany', 'disconnect', 'delete', 'set', 'some', 'every', 'none',
  'is', 'isNot', 'cursor', 'having', 'orderBy',
]);

// Filters of a Json column whose value is plain text, not JSON.
const PLAIN_JSON_FILTERS = new Set([
  'path', 'mode', 'string_contains', 'string_starts_with', 'string_ends_with',
]);

// Model name → field name → type name, from the text of schema.prisma.
function readModels(datamodel) {
  const models = new Map();
  for (const [, model, body] of datamodel.matchAll(/^(?:model|view)\s+(\w+)\s*\{([^]*?)^\}/gm)) {
    const fields = new Map();
    for (const [, field, type] of body.matchAll(/^[ \t]*(\w+)[ \t]+(\w+)/gm)) {
      if (RESERVED.has(field)) {
        throw new Error(
          `schema.prisma: the field ${model}.${field} bears the name of a query operator; ` +
          'give the field another name and keep the column by @map',
        );
      }
      fields.set(field, type);
    }
    models.set(model, fields);
  }
  return models;
}

// What the text below `key` belongs to, seen from inside `scope`: a model's name, 'Json', or null
// for all that is copied as it stands. Operators (AND, some, create, equals …) keep the scope.
function scopeBelow(models, scope, key) {
  if (scope === 'Json') return PLAIN_JSON_FILTERS.has(key) ? null : scope;
  const type = models.get(scope)?.get(key);
  if (type === undefined) return scope;
  return models.has(type) || type === 'Json' ? type : null;
}

// The index after the quote that closes the JSON string which opens at `start`; -1 without one.
function endOfString(text, start) {
  for (let at = text.indexOf('"', start + 1); at >= 0; at = text.indexOf('"', at + 1)) {
    let slashes = 0;
    while (text[at - 1 - slashes] === '\\') slashes++;
    if (slashes % 2 === 0) return at + 1;
  }
  return -1;
}

// Reads query text from left to right; each method returns the JSON text of what it has read.
class QueryReader {
  constructor(text, models) {
    this.text = text;
    this.models = models;
    this.at = 0;
  }

  fail(expected) {
    const found = JSON.stringify(this.text.slice(this.at, this.at + 30));
    throw new Error(`query text: expected ${expected} at ${this.at}, found ${found}`);
  }

  // The next character that means something: white space and commas only separate.
  peek() {
    while (' \n\r\t,'.includes(this.text[this.at])) this.at++;
    return this.text[this.at];
  }

  skipIf(sign) {
    if (this.peek() !== sign) return false;
    this.at++;
    return true;
  }

  skip(sign) {
    if (!this.skipIf(sign)) this.fail(`'${sign}'`);
  }

  take(pattern) {
    this.peek();
    pattern.lastIndex = this.at;
    const found = pattern.exec(this.text);
    if (found !== null) this.at = pattern.lastIndex;
    return found && found[0];
  }

  name() {
    return this.take(/[A-Za-z_]\w*/y) ?? this.fail('a name');
  }

  // name: value pairs up to the closing sign, as a JSON object
  pairs(close, scope) {
    const pairs = [];
    while (!this.skipIf(close)) {
      const key = this.name();
      this.skip(':');
      pairs.push(`"${key}":${this.value(scopeBelow(this.models, scope, key))}`);
    }
    return `{${pairs.join(',')}}`;
  }

  list(scope) {
    const items = [];
    while (!this.skipIf(']')) items.push(this.value(scope));
    return `[${items.join(',')}]`;
  }

  value(scope) {
    if (this.peek() === '"') return this.string(scope);
    if (this.skipIf('{')) return this.pairs('}', scope);
    if (this.skipIf('[')) return this.list(scope);
    const number = this.take(/-?\d[\d.eE+-]*/y);
    return number ?? this.word(scope);
  }

  string(scope) {
    const end = endOfString(this.text, this.at);
    if (end < 0) this.fail('the end of a string');
    const string = this.text.slice(this.at, end);
    this.at = end;
    return scope === 'Json' ? `{"$type":"Json","value":${string}}` : string;
  }

  // true, false, null or a label of an enum
  word(scope) {
    const word = this.take(/-?[A-Za-z_]\w*/y) ?? this.fail('a value');
    if (['NaN', 'Infinity', '-Infinity'].includes(word)) {
      throw new Error(`${word} can't be sent: expected a finite number`);
    }
    if (word === 'null' && scope === 'Json') return '{"$type":"Enum","value":"DbNull"}';
    return ['true', 'false', 'null'].includes(word) ? word : `"${word}"`;
  }

  arguments(scope) {
    return this.skipIf('(') ? this.pairs(')', scope) : null;
  }

  // { field, relation(arguments) { … } }; null when there are no braces
  selection(scope) {
    if (!this.skipIf('{')) return null;
    const fields = [];
    while (!this.skipIf('}')) {
      const field = this.name();
      const below = scopeBelow(this.models, scope, field);
      const args = this.arguments(below);
      const inner = this.selection(below);
      const plain = args === null && inner === null;
      fields.push(`"${field}":` + (plain ? 'true' : nested(args, inner)));
    }
    return `{${fields.join(',')}}`;
  }
}

const nested = (args, selection) =>
  `{"arguments":${args ?? '{}'},"selection":${selection ?? '{}'}}`;

// 'findUniqueParcelOrThrow' → ['findUniqueOrThrow', 'Parcel']; raw queries have no model.
function splitOperation(operation) {
  if (RAW_ACTIONS.includes(operation)) return [operation, ''];
  const action = ACTIONS.find((known) => operation.startsWith(known));
  if (action === undefined) throw new Error(`query text: unknown operation ${operation}`);
  const model = operation.slice(action.length);
  const throws = action.startsWith('find') && model.endsWith('OrThrow');
  return throws ? [`${action}OrThrow`, model.slice(0, -'OrThrow'.length)] : [action, model];
}

// The engine's JSON request for one query of the client, as { request, raw }.
function translate(text, models) {
  const reader = new QueryReader(text, models);
  reader.name(); // query or mutation: the operation itself says which
  reader.skip('{');
  let operation = reader.name();
  if (reader.skipIf(':')) operation = reader.name(); // "result:" is the client's alias
  const [action, model] = splitOperation(operation);
  const query = nested(reader.arguments(model), reader.selection(model));
  reader.skip('}');
  const owner = model && `"modelName":"${model}",`;
  return { request: `{${owner}"action":"${action}","query":${query}}`, raw: model === '' };
}

// {"$type":"BigInt","value":"7"} → "7", everywhere in an answer. The mark can't be met inside a
// string, where every quote is escaped. Rows of raw queries have no marks but may hold look-alikes
// in their Json columns, so they must not come here.
function withoutTypes(text) {
  const mark = /\{"\$type":"\w+","value":(?=")/g;
  const parts = [];
  let done = 0;
  for (let found = mark.exec(text); found !== null; found = mark.exec(text)) {
    const end = endOfString(text, mark.lastIndex);
    if (end < 0 || text[end] !== '}') throw new Error(`engine answer: unknown form at ${end}`);
    parts.push(text.slice(done, found.index), text.slice(mark.lastIndex, end));
    done = mark.lastIndex = end + 1;
  }
  parts.push(text.slice(done));
  return parts.join('');
}

// The client asks for everything under the one name "result".
const underResult = (text) => text.replace(/^\{"data":\{"\w+":/, '{"data":{"result":');

module.exports = { readModels, translate, underResult, withoutTypes };
