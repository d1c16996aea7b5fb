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
 * computed in float64, two filters at a time. Steps as above, `tapStep` from tap to tap of a window. n is even. `scratch`
 * needs 144 numbers.
 */
export function packWinograd(
  from: usize, to: usize, scratch: usize, scratchStep: usize, m: i32, c: i32, n: i32,
  tapStep: i32, cStep: i32, nStep: i32, part: i32, parts: i32,
): void {
  const panels = (n + 7) >> 3;
  const side = m + 2;
  const step = <usize>(panels * c) << 5;
  // Rows of 3 pairs, one for each point.
  const mixed = scratch + scratchStep * <usize>part;
  const last = partStart(panels, part + 1, parts);
  for (let panel = partStart(panels, part, parts); panel < last; panel++) {
    for (let i = 0; i < c; i++) {
      for (let j = 0; j < 8; j += 2) {
        const filter = (panel << 3) + j;
        let out = to + ((<usize>(panel * c + i) << 3) + j << 2);
        if (filter >= n) {
          for (let e = 0; e < side * side; e++, out += step) store<f64>(out, 0);
          continue;
        }
        const window = from + i * cStep + filter * nStep;
        for (let x = 0; x < 3; x++) {
          const g = window + x * tapStep;
          const at = mixed + (<usize>x << 4);
          if (m == 2) atPoints2(pairAt(g, nStep), pairAt(g + 3 * tapStep, nStep), pairAt(g + 6 * tapStep, nStep), at);
          else atPoints4(pairAt(g, nStep), pairAt(g + 3 * tapStep, nStep), pairAt(g + 6 * tapStep, nStep), at);
        }
        for (let e = 0; e < side; e++) {
          const row = mixed + <usize>(e * 48);
          const ends = mixed + <usize>(side * 48);
          if (m == 2) atPoints2(v128.load(row), v128.load(row, 16), v128.load(row, 32), ends);
          else atPoints4(v128.load(row), v128.load(row, 16), v128.load(row, 32), ends);
          for (let f = 0; f < side; f++, out += step) {
            v128.store64_lane(out, f32x4.demote_f64x2_zero(v128.load(ends + <usize>(f * 48))), 0);
          }
        }
      }
    }
  }
}

/** A weight of two filters. */
// @ts-ignore: a decorator of AssemblyScript
@inline
function pairAt(from: usize, step: i32): v128 {
  return f64x2.promote_low_f32x4(v128.load32_lane(from + step, v128.load32_zero(from), 1));
}

/** G g for F(2 × 2), a row each 48 bytes. */
// @ts-ignore: a decorator of AssemblyScript
@inline
function atPoints2(g0: v128, g1: v128, g2: v128, to: usize): void {
  const ends = f64x2.mul(f64x2.splat(0.5), f64x2.add(g0, g2));
  const middle = f64x2.mul(f64x2.splat(0.5), g1);
  v128.store(to, g0);
  v128.store(to, f64x2.add(ends, middle), 48);
  v128.store(to, f64x2.sub(ends, middle), 96);
  v128.store(to, g2, 144);
}

/** The same for F(4 × 4): the window as a polynomial at the points 0, ±5/8, ±3/2, ∞, each over Π (point − others). */
// @ts-ignore: a decorator of AssemblyScript
@inline
function atPoints4(g0: v128, g1: v128, g2: v128, to: usize): void {
  const a: f64 = 0.625;
  const b: f64 = 1.5;
  const ofA: f64 = 1 / (2 * a * a * (a * a - b * b));
  const ofB: f64 = 1 / (2 * b * b * (b * b - a * a));
  const evenA = f64x2.mul(f64x2.splat(ofA), f64x2.add(g0, f64x2.mul(f64x2.splat(a * a), g2)));
  const oddA = f64x2.mul(f64x2.splat(ofA * a), g1);
  const evenB = f64x2.mul(f64x2.splat(ofB), f64x2.add(g0, f64x2.mul(f64x2.splat(b * b), g2)));
  const oddB = f64x2.mul(f64x2.splat(ofB * b), g1);
  v128.store(to, f64x2.mul(f64x2.splat(1 / (a * a * b * b)), g0));
  v128.store(to, f64x2.add(evenA, oddA), 48);
  v128.store(to, f64x2.sub(evenA, oddA), 96);
  v128.store(to, f64x2.add(evenB, oddB), 144);
  v128.store(to, f64x2.sub(evenB, oddB), 192);
  v128.store(to, g2, 240);
}
