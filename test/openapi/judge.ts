// Judges requests and answers of the cloud product by the published OpenAPI document, in both directions: what the client
// sends, and what the sandbox answers. The document lies beside the project and may be absent: then nothing is judged.
import { existsSync, readFileSync } from 'node:fs';
import { Ajv2020 } from 'ajv/dist/2020.js';
import type { ValidateFunction } from 'ajv/dist/2020.js';
import { closeObjects, isRecord } from './close-objects.js';
import { checkQuery } from './check-query.js';

export interface JudgedRequest {
  readonly method: string;
  /** With the query, as it was sent. */
  readonly path: string;
  /** The text as it was sent; '' or undefined: none. */
  readonly body?: string | undefined;
}

export interface JudgedAnswer {
  readonly status: number;
  readonly body?: string | undefined;
}

export interface Judge {
  /** False: the document is absent, and every judgement is empty. */
  readonly isPresent: boolean;
  /** `GET /v2/vms` and so on: every operation of the document. */
  readonly operations: readonly string[];
  /** The operation that serves the request, e.g. `GET /v2/vms/{vm_id}`; undefined when there is none. */
  nameOperation(request: JudgedRequest): string | undefined;
  /** What is wrong with the request; empty: nothing. */
  judgeRequest(request: JudgedRequest): string[];
  /** What is wrong with the answer to the request; empty: nothing. */
  judgeAnswer(request: JudgedRequest, answer: JudgedAnswer): string[];
}

const DOCUMENT = new URL('../../../shared/openapi/fluence-0.10.0.json', import.meta.url);

export const ABSENT =
  'The OpenAPI document (../shared/openapi/fluence-0.10.0.json) is not here: the cloud is not judged by it.';

/** The judge by the published document; where that is absent, one that says so and finds nothing. */
export function openJudge(): Judge {
  if (existsSync(DOCUMENT)) return buildJudge(JSON.parse(readFileSync(DOCUMENT, 'utf8')));
  console.warn(ABSENT);
  return {
    isPresent: false,
    operations: [],
    nameOperation: () => undefined,
    judgeRequest: () => [],
    judgeAnswer: () => [],
  };
}

interface Operation {
  readonly name: string;
  readonly method: string;
  readonly segments: readonly string[];
  readonly parameters: readonly Record<string, unknown>[];
  readonly body: ValidateFunction | undefined;
  readonly bodyRequired: boolean;
  /** By status; undefined: the document promises no JSON. */
  readonly answers: ReadonlyMap<string, ValidateFunction | undefined>;
}

const WHOLE_NUMBERS = ['u-int8', 'u-int16', 'u-int32', 'u-int64', 'int32', 'int64'];
const UUID = /^[0-9a-f]{8}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{12}$/i;
const DATE = /^\d{4}-\d\d-\d\d$/;
const DATE_TIME = /^\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d(\.\d+)?(Z|[+-]\d\d:\d\d)$/;

function createAjv(): Ajv2020 {
  const ajv = new Ajv2020({ strict: false, allErrors: true });
  for (const name of WHOLE_NUMBERS) {
    const isUnsigned = name.startsWith('u-');
    const bits = Number(/\d+$/.exec(name)![0]);
    const most = isUnsigned ? 2 ** bits - 1 : 2 ** (bits - 1) - 1;
    const least = isUnsigned ? 0 : -(2 ** (bits - 1));
    const isInRange = (value: number): boolean => Number.isInteger(value) && value >= least && value <= most;
    ajv.addFormat(name, { type: 'number', validate: isInRange });
  }
  ajv.addFormat('uuid', UUID);
  ajv.addFormat('date', DATE);
  ajv.addFormat('date-time', (text) => DATE_TIME.test(text) && !Number.isNaN(Date.parse(text)));
  return ajv;
}

/** A judge by any OpenAPI 3.1 document. Fields that the document doesn't name are told, too. */
export function buildJudge(document: unknown): Judge {
  const closed = closeObjects(document);
  const ajv = createAjv();
  ajv.addSchema({ $id: 'document', ...closed });
  const operations = listOperations(ajv, closed);
  const errorSchema = 'document#/components/schemas/ErrorBody';
  const isError = ajv.compile({ $ref: errorSchema });

  return {
    isPresent: true,
    operations: operations.map(({ name }) => name),
    nameOperation: (request) => findOperation(operations, request)?.name,
    judgeRequest(request) {
      const operation = findOperation(operations, request);
      if (operation === undefined) return [`${request.method} ${request.path}: no such operation`];
      return [
        ...checkPath(ajv, operation, request),
        ...checkQuery(ajv, operation.parameters, request.path),
        ...checkBody(operation, request.body ?? ''),
      ].map((problem) => `${operation.name}: ${problem}`);
    },
    judgeAnswer(request, { status, body = '' }) {
      const operation = findOperation(operations, request);
      if (operation === undefined) return [`${request.method} ${request.path}: no such operation`];
      const where = `${operation.name} -> ${status}`;
      const validate = operation.answers.get(String(status));
      if (validate !== undefined) return checkJson(validate, body).map((problem) => `${where}: ${problem}`);
      if (operation.answers.has(String(status))) return body === '' ? [] : [`${where}: a body that is not documented`];
      // 404, 406 and 409 are answered by operations that don't list them: the common error body is what they have.
      if (status >= 400) return checkJson(isError, body).map((problem) => `${where}: ${problem}`);
      return [`${where}: a status that is not documented`];
    },
  };
}

function listOperations(ajv: Ajv2020, document: Record<string, unknown>): Operation[] {
  const operations: Operation[] = [];
  for (const [path, methods] of Object.entries(document['paths'] as Record<string, Record<string, unknown>>)) {
    for (const [method, told] of Object.entries(methods)) {
      if (!isRecord(told) || !isRecord(told['responses'])) continue;
      const pointer = `document#/paths/${escapePointer(path)}/${method}`;
      const requestBody = isRecord(told['requestBody']) ? told['requestBody'] : undefined;
      operations.push({
        name: `${method.toUpperCase()} ${path}`,
        method: method.toUpperCase(),
        segments: path.split('/'),
        parameters: ((told['parameters'] ?? []) as Record<string, unknown>[]).map((parameter, index) => ({
          ...parameter,
          schema: { $ref: `${pointer}/parameters/${index}/schema` },
          isArray: isRecord(parameter['schema']) && parameter['schema']['type'] === 'array',
        })),
        body: requestBody === undefined ? undefined : compileJson(ajv, requestBody, `${pointer}/requestBody`),
        bodyRequired: requestBody?.['required'] === true,
        answers: new Map(
          Object.entries(told['responses']).map(([status, answer]) => [
            status,
            compileJson(ajv, answer as Record<string, unknown>, `${pointer}/responses/${status}`),
          ]),
        ),
      });
    }
  }
  return operations;
}

function compileJson(ajv: Ajv2020, holder: Record<string, unknown>, pointer: string): ValidateFunction | undefined {
  const content = isRecord(holder['content']) ? holder['content'] : {};
  if (content['application/json'] === undefined) return undefined;
  return ajv.compile({ $ref: `${pointer}/content/${escapePointer('application/json')}/schema` });
}

function escapePointer(text: string): string {
  return encodeURIComponent(text.replaceAll('~', '~0').replaceAll('/', '~1'));
}

function isParameter(segment: string): boolean {
  return segment.startsWith('{');
}

/** Fixed segments win over parameters: `/v1/storages/default_images` is no storage. */
function findOperation(operations: readonly Operation[], request: JudgedRequest): Operation | undefined {
  const segments = request.path.split('?')[0]!.split('/');
  return operations
    .filter(
      (operation) =>
        operation.method === request.method &&
        operation.segments.length === segments.length &&
        operation.segments.every((segment, index) => isParameter(segment) || segment === segments[index]),
    )
    .sort((a, b) => a.segments.filter(isParameter).length - b.segments.filter(isParameter).length)[0];
}

function checkPath(ajv: Ajv2020, operation: Operation, request: JudgedRequest): string[] {
  const segments = request.path.split('?')[0]!.split('/');
  return operation.segments.flatMap((segment, index) => {
    if (!isParameter(segment)) return [];
    const parameter = operation.parameters.find(({ name }) => name === segment.slice(1, -1));
    const value = decodeURIComponent(segments[index]!);
    if (parameter !== undefined && ajv.validate(parameter['schema'] as object, value)) return [];
    return [`${segment} is ${JSON.stringify(value)}`];
  });
}

function checkBody(operation: Operation, body: string): string[] {
  if (operation.body === undefined) return body === '' ? [] : ['it takes no body'];
  if (body === '') return operation.bodyRequired ? ['it has no body'] : [];
  return checkJson(operation.body, body);
}

function checkJson(validate: ValidateFunction, body: string): string[] {
  let value: unknown;
  try {
    value = JSON.parse(body);
  } catch {
    return [body === '' ? 'its body is empty' : `its body is not JSON: ${body.slice(0, 80)}`];
  }
  if (validate(value)) return [];
  return (validate.errors ?? []).map(
    ({ instancePath, message, params }) => `${instancePath} ${message} ${JSON.stringify(params)}`,
  );
}
