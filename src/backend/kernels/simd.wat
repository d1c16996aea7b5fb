;; Elementwise kernels on the memory of tfjs's wasm backend. Pointers are in bytes, counts in elements; all values are
;; f32. Four elements at a time, then the rest one by one.
(module
  (import "backend" "memory" (memory 1))

  ;; cotangent · [0 < output < ceiling]. A ceiling of NaN is none. As by tfjs's step and mul, a NaN output gives NaN and
  ;; the zeros keep the cotangent's sign: hence a product with a mask of numbers, not of bits.
  (func (export "reluGradient")
    (param $cotangent i32) (param $output i32) (param $result i32) (param $count i32) (param $ceiling f32)
    (call $maskedGradient (local.get $cotangent) (local.get $output) (local.get $result) (local.get $count)
      (local.get $ceiling) (f32.const -inf)))

  ;; The same of max(cotangent, 0).
  (func (export "guidedReluGradient")
    (param $cotangent i32) (param $output i32) (param $result i32) (param $count i32) (param $ceiling f32)
    (call $maskedGradient (local.get $cotangent) (local.get $output) (local.get $result) (local.get $count)
      (local.get $ceiling) (f32.const 0)))

  ;; The mask is 1 where 0 < output and not output ≥ ceiling, NaN where the output is NaN, else 0. Written out in both
  ;; loops, since engines do not inline the call.
  (func $maskedGradient
    (param $cotangent i32) (param $output i32) (param $result i32) (param $count i32) (param $ceiling f32)
    (param $least f32)
    (local $end i32) (local $at i32) (local $y v128) (local $ceilings v128) (local $leasts v128)
    (local.set $ceilings (f32x4.splat (local.get $ceiling)))
    (local.set $leasts (f32x4.splat (local.get $least)))
    (local.set $end (i32.shl (i32.and (local.get $count) (i32.const -4)) (i32.const 2)))
    (block $done
      (loop $next
        (br_if $done (i32.ge_u (local.get $at) (local.get $end)))
        (local.set $y (v128.load (i32.add (local.get $output) (local.get $at))))
        (v128.store (i32.add (local.get $result) (local.get $at))
          (f32x4.mul
            (f32x4.max (local.get $leasts) (v128.load (i32.add (local.get $cotangent) (local.get $at))))
            (v128.or
              (f32x4.ne (local.get $y) (local.get $y))
              (v128.and
                (v128.andnot
                  (f32x4.gt (local.get $y) (v128.const f32x4 0 0 0 0))
                  (f32x4.ge (local.get $y) (local.get $ceilings)))
                (v128.const f32x4 1 1 1 1)))))
        (local.set $at (i32.add (local.get $at) (i32.const 16)))
        (br $next)))
    (local.set $end (i32.shl (local.get $count) (i32.const 2)))
    (block $done
      (loop $next
        (br_if $done (i32.ge_u (local.get $at) (local.get $end)))
        (local.set $y (v128.load32_zero (i32.add (local.get $output) (local.get $at))))
        (v128.store32_lane 0 (i32.add (local.get $result) (local.get $at))
          (f32x4.mul
            (f32x4.max (local.get $leasts) (v128.load32_zero (i32.add (local.get $cotangent) (local.get $at))))
            (v128.or
              (f32x4.ne (local.get $y) (local.get $y))
              (v128.and
                (v128.andnot
                  (f32x4.gt (local.get $y) (v128.const f32x4 0 0 0 0))
                  (f32x4.ge (local.get $y) (local.get $ceilings)))
                (v128.const f32x4 1 1 1 1)))))
        (local.set $at (i32.add (local.get $at) (i32.const 4)))
        (br $next))))

  ;; scale · x + shift with a scale and a shift for each of $channels, the innermost axis of x, which has $rows of them;
  ;; then limited to least … most as tfjs's clipByValue does it. To add a $zero of +0 turns -0 to +0, as tfjs's relu
  ;; does; to add -0 changes nothing.
  (func (export "scaleShift")
    (param $x i32) (param $scale i32) (param $shift i32) (param $result i32) (param $rows i32) (param $channels i32)
    (param $least f32) (param $most f32) (param $zero f32)
    (local $row i32) (local $vectors i32) (local $end i32) (local $at i32)
    (local $leasts v128) (local $mosts v128) (local $zeros v128)
    (local.set $leasts (f32x4.splat (local.get $least)))
    (local.set $mosts (f32x4.splat (local.get $most)))
    (local.set $zeros (f32x4.splat (local.get $zero)))
    (local.set $vectors (i32.shl (i32.and (local.get $channels) (i32.const -4)) (i32.const 2)))
    (local.set $end (i32.shl (local.get $channels) (i32.const 2)))
    (block $last
      (loop $nextRow
        (br_if $last (i32.ge_u (local.get $row) (local.get $rows)))
        (local.set $at (i32.const 0))
        (block $done
          (loop $next
            (br_if $done (i32.ge_u (local.get $at) (local.get $vectors)))
            (v128.store (i32.add (local.get $result) (local.get $at))
              (f32x4.add
                (f32x4.pmin
                  (f32x4.pmax
                    (f32x4.add
                      (f32x4.mul
                        (v128.load (i32.add (local.get $x) (local.get $at)))
                        (v128.load (i32.add (local.get $scale) (local.get $at))))
                      (v128.load (i32.add (local.get $shift) (local.get $at))))
                    (local.get $leasts))
                  (local.get $mosts))
                (local.get $zeros)))
            (local.set $at (i32.add (local.get $at) (i32.const 16)))
            (br $next)))
        (block $done
          (loop $next
            (br_if $done (i32.ge_u (local.get $at) (local.get $end)))
            (v128.store32_lane 0 (i32.add (local.get $result) (local.get $at))
              (f32x4.add
                (f32x4.pmin
                  (f32x4.pmax
                    (f32x4.add
                      (f32x4.mul
                        (v128.load32_zero (i32.add (local.get $x) (local.get $at)))
                        (v128.load32_zero (i32.add (local.get $scale) (local.get $at))))
                      (v128.load32_zero (i32.add (local.get $shift) (local.get $at))))
                    (local.get $leasts))
                  (local.get $mosts))
                (local.get $zeros)))
            (local.set $at (i32.add (local.get $at) (i32.const 4)))
            (br $next)))
        (local.set $x (i32.add (local.get $x) (local.get $end)))
        (local.set $result (i32.add (local.get $result) (local.get $end)))
        (local.set $row (i32.add (local.get $row) (i32.const 1)))
        (br $nextRow)))))
