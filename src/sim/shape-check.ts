// Checks a JSON value against a schema and says in plain words what is wrong and where. Used for world files, for the
// sandbox's controls and for request bodies. It knows no meaning, only shapes.
import { Ajv2020, type ErrorObject } from 'ajv/dist/2020.js';
import Type, { type Static, type TSchema } from 'typebox';

export interface ShapeProblem {
  /** Steps from the root to the place, e.g. ['offers', 2, 'price']. */
  readonly path: readonly (string | number)[];
  readonly text: string;
  /** The key that should not be there; the place is its object's. */
  readonly key?: string;
}

export type ShapeAnswer<Value> =
  | { readonly value: Value; readonly problems?: undefined }
  | { readonly value?: undefined; readonly problems: readonly ShapeProblem[] };

const ajv = new Ajv2020({ allErrors: true, allowUnionTypes: true, verbose: true });

/** A function that takes anything and gives it back typed, or all that is wrong with it. */
export function buildShapeCheck<Schema extends TSchema>(
  schema: Schema,
): (value: unknown) => ShapeAnswer<Static<Schema>> {
  const validate = ajv.compile<Static<Schema>>(schema);
  return (value) => {
    if (validate(value)) return { value };
    const told = (validate.errors ?? []).filter((error) => !isNoise(error));
    return { problems: told.map((error) => readError(error, value)) };
  };
}

/** `null` is as good as leaving it out. */
export function nullable<Schema extends TSchema>(schema: Schema) {
  return Type.Optional(Type.Union([Type.Null(), schema]));
}

/** Writes a path as people do: `offers[2].price`; `the document` for the root. */
function formatPath(path: readonly (string | number)[]): string {
  const text = path.map((step) => (typeof step === 'number' ? `[${step}]` : `.${step}`)).join('');
  return text === '' ? 'the document' : text.replace(/^\./, '');
}

export function formatProblem({ path, text }: ShapeProblem): string {
  return `${formatPath(path)} ${text}`;
}

// A nullable field that is wrong fails both as null and as itself; only the latter says something.
function isNoise(error: ErrorObject): boolean {
  return error.keyword === 'anyOf' || (error.keyword === 'type' && (error.params as { type: unknown }).type === 'null');
}

function readError(error: ErrorObject, root: unknown): ShapeProblem {
  const path = readPointer(error.instancePath, root);
  const params = error.params as Record<string, unknown>;
  switch (error.keyword) {
    case 'additionalProperties': {
      const key = String(params['additionalProperty']);
      return { path, key, text: `has an unknown field "${key}"` };
    }
    case 'required': {
      const key = String(params['missingProperty']);
      return { path, text: `lacks the field "${key}"` };
    }
    case 'enum':
    case 'const':
      return { path, text: `must be one of ${describeAllowed(params)}` };
    case 'pattern': {
      const { description } = error.parentSchema as { description?: string };
      return { path, text: `must be ${description ?? `text of the form ${String(params['pattern'])}`}` };
    }
    default:
      return { path, text: error.message ?? 'is wrong' };
  }
}

function describeAllowed(params: Record<string, unknown>): string {
  const allowed = params['allowedValues'] ?? [params['allowedValue']];
  return (allowed as readonly unknown[]).map(String).join(', ');
}

/** An array's steps become numbers, an object's stay texts, also those that look like numbers. */
function readPointer(pointer: string, root: unknown): readonly (string | number)[] {
  let value = root;
  return pointer
    .split('/')
    .slice(1)
    .map((part) => {
      const step = part.replaceAll('~1', '/').replaceAll('~0', '~');
      const path = Array.isArray(value) ? Number(step) : step;
      value = (value as Record<string | number, unknown>)[path];
      return path;
    });
}
