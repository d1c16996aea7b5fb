import { Matrix } from 'ml-matrix';
import { forEachOf, type Sliced } from '../sliced.ts';
import { symmetricEigen } from './symmetricEigen.ts';

/**
 * One step of symmetric FastICA with tanh on whitened vectors,
 * $V \leftarrow \mathrm{E}[\tanh(Vz) z^T] - \mathrm{diag}(\mathrm{E}[1 - \tanh^2(Vz)])\,V$, made orthogonal again by
 * $(V V^T)^{-1/2} V$.
 *
 * Source: Hyvärinen 1999, "Fast and robust fixed-point algorithms for independent component analysis".
 *
 * @param whitened vectors of mean 0 and covariance 1, one after the other, each as long as V is wide.
 * @param rotation V, orthogonal.
 */
export function* icaStep(whitened: Float64Array, rotation: Matrix): Sliced<Matrix> {
  const size = rotation.rows;
  const count = whitened.length / size;
  const rows = Float64Array.from(rotation.to1DArray());
  const [products, slopes] = [new Float64Array(size * size), new Float64Array(size)];
  yield* forEachOf(count, 2 * size * size, (vector) => {
    const start = vector * size;
    for (let i = 0; i < size; i++) {
      let projection = 0;
      for (let j = 0; j < size; j++) projection += (rows[i * size + j] as number) * (whitened[start + j] as number);
      const value = Math.tanh(projection);
      slopes[i]! += 1 - value * value;
      for (let j = 0; j < size; j++) products[i * size + j]! += value * (whitened[start + j] as number);
    }
  });
  const next = products.map(
    (sum, place) => (sum - (slopes[Math.floor(place / size)] as number) * (rows[place] as number)) / count,
  );
  return yield* orthogonal(Matrix.from1DArray(size, size, next));
}

/** $(V V^T)^{-1/2} V$. */
function* orthogonal(matrix: Matrix): Sliced<Matrix> {
  const size = matrix.rows;
  const squares = Float64Array.from(matrix.mmul(matrix.transpose()).to1DArray());
  yield size ** 3;
  const { values, vectors } = yield* symmetricEigen(squares, size);
  const rows = Matrix.from1DArray(size, size, vectors);
  const scaled = rows.clone().mulColumnVector([...values].map((value) => 1 / Math.sqrt(value)));
  yield 2 * size ** 3;
  return rows.transpose().mmul(scaled).mmul(matrix);
}
