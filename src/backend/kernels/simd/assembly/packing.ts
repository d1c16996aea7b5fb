// Kernels as the products read them. Made once for a network and kept: it takes longer than a prediction.
import { partStart } from './vector';

/**
 * A matrix of p · q · k rows and n columns as panels [n / 8, p · q · k, 8], with zeros after its last column. Element
 * (a, b, i) of column j lies at `from` + a · pStep + b · qStep + i · kStep + j · nStep bytes: the taps of a window in any
 * order, forwards or turned round, every one or every second.
 */
export function packPanels(
  from: usize, to: usize, p: i32, q: i32, k: i32, n: i32, pStep: i32, qStep: i32, kStep: i32, nStep: i32,
  part: i32, parts: i32,
): void {
  const panels = (n + 7) >> 3;
  const first = partStart(panels, part, parts);
  const last = partStart(panels, part + 1, parts);
  to += (<usize>first * <usize>(p * q * k)) << 5;
  for (let panel = first; panel < last; panel++) {
    const columns = min(8, n - (panel << 3));
    for (let a = 0; a < p; a++) {
      for (let b = 0; b < q; b++) {
        let at = from + a * pStep + b * qStep + (panel << 3) * nStep;
        for (let i = 0; i < k; i++) {
          if (columns == 8 && nStep == 4) {
            v128.store(to, v128.load(at));
            v128.store(to, v128.load(at, 16), 16);
          } else {
            for (let j = 0; j < 8; j++) {
              store<f32>(to + (<usize>j << 2), j < columns ? load<f32>(at + j * nStep) : 0);
            }
          }
          at += kStep;
          to += 32;
        }
      }
    }
  }
}

/** The same of up to 3 columns as [p · q · k / 4, 3, 4], k a multiple of 4. */
export function packThree(
  from: usize, to: usize, p: i32, q: i32, k: i32, n: i32, pStep: i32, qStep: i32, kStep: i32, nStep: i32,
  part: i32, parts: i32,
): void {
  if (part) return;
  for (let a = 0; a < p; a++) {
    for (let b = 0; b < q; b++) {
      for (let i = 0; i < k; i += 4) {
        const at = from + a * pStep + b * qStep + i * kStep;
        for (let j = 0; j < 3; j++) {
          for (let lane = 0; lane < 4; lane++) {
            store<f32>(to, j < n ? load<f32>(at + j * nStep + lane * kStep) : 0);
            to += 4;
          }
        }
      }
    }
  }
}

/**
 * The 3 × 3 windows g of c inputs and n filters as G g Gᵀ, [(m + 2)², n / 8, c, 8] with zeros after the last filter,
 * computed in float64. Steps as above, `tapStep` from tap to tap of a window. `scratch` needs 36 numbers.
 */
export function packWinograd(
  from: usize, to: usize, scratch: usize, scratchStep: usize, m: i32, c: i32, n: i32,
  tapStep: i32, cStep: i32, nStep: i32, part: i32, parts: i32,
): void {
  const panels = (n + 7) >> 3;
  const side = m + 2;
  const step = <usize>(panels * c) << 5;
  const columns = scratch + scratchStep * <usize>part;
  const last = partStart(panels, part + 1, parts);
  for (let panel = partStart(panels, part, parts); panel < last; panel++) {
    for (let i = 0; i < c; i++) {
      for (let j = 0; j < 8; j++) {
        const filter = (panel << 3) + j;
        let out = to + ((<usize>(panel * c + i) << 3) + j << 2);
        if (filter >= n) {
          for (let e = 0; e < side * side; e++, out += step) store<f32>(out, 0);
          continue;
        }
        const window = from + i * cStep + filter * nStep;
        for (let x = 0; x < 3; x++) {
          const g = window + x * tapStep;
          const g0 = <f64>load<f32>(g);
          const g1 = <f64>load<f32>(g + 3 * tapStep);
          const g2 = <f64>load<f32>(g + 6 * tapStep);
          for (let e = 0; e < side; e++) {
            store<f64>(columns + (<usize>(e * 3 + x) << 3), m == 2 ? atPoint2(e, g0, g1, g2) : atPoint4(e, g0, g1, g2));
          }
        }
        for (let e = 0; e < side; e++) {
          const row = columns + <usize>(e * 24);
          const g0 = load<f64>(row);
          const g1 = load<f64>(row, 8);
          const g2 = load<f64>(row, 16);
          for (let f = 0; f < side; f++, out += step) {
            store<f32>(out, <f32>(m == 2 ? atPoint2(f, g0, g1, g2) : atPoint4(f, g0, g1, g2)));
          }
        }
      }
    }
  }
}

/** Row e of G for F(2 × 2). */
// @ts-ignore: a decorator of AssemblyScript
@inline
function atPoint2(e: i32, g0: f64, g1: f64, g2: f64): f64 {
  if (e == 0) return g0;
  if (e == 3) return g2;
  return 0.5 * (g0 + (e == 1 ? g1 : -g1) + g2);
}

/** Row e of G for F(4 × 4): the window as a polynomial at the points 0, ±5/8, ±3/2, ∞, each over Π (point − others). */
// @ts-ignore: a decorator of AssemblyScript
@inline
function atPoint4(e: i32, g0: f64, g1: f64, g2: f64): f64 {
  const a: f64 = 0.625;
  const b: f64 = 1.5;
  if (e == 0) return g0 * (1 / (a * a * b * b));
  if (e == 5) return g2;
  const point = e < 3 ? a : b;
  const scale = e < 3 ? 1 / (2 * a * a * (a * a - b * b)) : 1 / (2 * b * b * (b * b - a * a));
  return (g0 + (e & 1 ? point : -point) * g1 + point * point * g2) * scale;
}
