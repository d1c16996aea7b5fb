/** The score of a coalition, given whether each player takes part. */
export type Game = (members: readonly boolean[]) => number;

/** Players, and unions of players that stay together. */
export type Tree = number | readonly Tree[];

/** Shapley values by their definition: what each player adds, averaged over all orders. */
export function shapleyValues(game: Game, players: number): number[] {
  return owenValues(
    game,
    Array.from({ length: players }, (_, player) => player),
  );
}

/** Owen values by their definition: the mean over the orders in which no union is interrupted. */
export function owenValues(game: Game, tree: Tree): number[] {
  const orders = ordersOf(tree);
  const players = (orders[0] as number[]).length;
  const values = new Array<number>(players).fill(0);
  for (const order of orders) {
    const members = new Array<boolean>(players).fill(false);
    for (const player of order) {
      const before = game(members);
      members[player] = true;
      values[player] = (values[player] as number) + (game(members) - before) / orders.length;
    }
  }
  return values;
}

function ordersOf(tree: Tree): number[][] {
  if (typeof tree === 'number') return [[tree]];
  return arrangements(tree).flatMap((branches) =>
    branches
      .map(ordersOf)
      .reduce((joined, next) => joined.flatMap((first) => next.map((second) => [...first, ...second])), [
        [],
      ] as number[][]),
  );
}

function arrangements<T>(items: readonly T[]): (readonly T[])[] {
  if (items.length === 0) return [[]];
  return items.flatMap((item, i) => arrangements(items.toSpliced(i, 1)).map((rest) => [item, ...rest]));
}
