// A traffic that lets everything go, or what the test says, and remembers what it was told.
import type { Traffic, Turn, TurnOutcome, TurnWish } from '../../src/ports/traffic.js';

export interface TrafficScene extends Traffic {
  /** `take`, `end answers`; with ` of TURN` where the turn was taken by somebody else. */
  readonly told: string[];
  readonly wishes: TurnWish[];
  readonly outcomes: TurnOutcome[];
  /** The next answers to `take`; then all is granted. */
  readonly answers: Turn[];
}

export function createTrafficScene(answers: readonly Turn[] = []): TrafficScene {
  const own = new Set<string>();
  const scene: TrafficScene = {
    told: [],
    wishes: [],
    outcomes: [],
    answers: [...answers],
    take(turn, wish) {
      own.add(turn);
      scene.told.push('take');
      scene.wishes.push(wish);
      return Promise.resolve(scene.answers.shift() ?? { granted: true, isTrial: false });
    },
    end(turn, outcome) {
      scene.told.push(`end ${outcome.service}${own.has(turn) ? '' : ` of ${turn}`}`);
      scene.outcomes.push(outcome);
      return Promise.resolve();
    },
    read: () => Promise.resolve({ inFlight: 0, toldUntil: undefined, circuit: undefined }),
  };
  return scene;
}
