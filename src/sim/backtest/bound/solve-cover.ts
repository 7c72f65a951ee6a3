// The linear program of a cover network, given to HiGHS. It works in floating point, so its answer is a proposal that
// prove-cover.ts checks. The only file that knows the solver; loaded when a first bound needs it, since it is megabytes large.
import type { Highs, ModelData } from 'highs';
import type { CoverNetwork } from './cover-network.js';
import type { SolvedCover } from './prove-cover.js';

/** Counted, not timed: the same network gives up at the same place on every machine. */
const ITERATIONS_PER_NODE = 20;

let loading: Promise<Highs> | undefined;

/** undefined when the solver doesn't come to an optimum. Blocks the thread while it solves. */
export async function solveCover(network: CoverNetwork): Promise<SolvedCover | undefined> {
  loading ??= loadSolver();
  const highs = await loading;
  const { rows, program } = writeProgram(network);
  return highs.withModel(program, (model) => {
    model.options.set({ output_flag: false, simplex_iteration_limit: 10_000 + ITERATIONS_PER_NODE * rows });
    model.run();
    if (model.getModelStatus() !== highs.constants.modelStatus.optimal) return undefined;
    const { colValue, rowDual } = model.getSolution();
    return { flows: colValue, potentials: rowDual };
  });
}

async function loadSolver(): Promise<Highs> {
  const solver = await import('highs');
  // Its types call it a CommonJS module, but Node is given its ES module.
  const load = solver.default as unknown as typeof solver.default.default;
  return load();
}

/**
 * A row a node: what leaves it less what enters it. Columns: the arcs, then from each instant back to the one before (what is
 * paid beyond the need).
 */
function writeProgram(network: CoverNetwork): { readonly rows: number; readonly program: ModelData } {
  const { instants, needs, nodeCount: rows } = network;
  const arcs = network.tails.length;
  const columns = arcs + needs.length;
  const starts = new Int32Array(columns + 1);
  const indices = new Int32Array(2 * columns);
  const values = new Float64Array(2 * columns);
  const costs = new Float64Array(columns);
  const balance = new Float64Array(rows);
  for (let column = 0; column < columns; column += 1) {
    const place = column - arcs;
    indices[2 * column] = place < 0 ? network.tails[column]! : instants[place + 1]!;
    indices[2 * column + 1] = place < 0 ? network.heads[column]! : instants[place]!;
    values[2 * column] = 1;
    values[2 * column + 1] = -1;
    if (place < 0) costs[column] = Number(network.costs[column]!);
    starts[column + 1] = 2 * column + 2;
  }
  for (const [place, need] of needs.entries()) {
    balance[instants[place]!]! += need;
    balance[instants[place + 1]!]! -= need;
  }
  const program: ModelData = {
    numCols: columns,
    numRows: rows,
    colCost: costs,
    colLower: new Float64Array(columns),
    colUpper: new Float64Array(columns).fill(Number.POSITIVE_INFINITY),
    rowLower: balance,
    rowUpper: balance,
    matrix: { format: 'csc', numRows: rows, numCols: columns, starts, indices, values },
  };
  return { rows, program };
}
