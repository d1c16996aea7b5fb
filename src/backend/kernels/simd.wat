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

  ;; $share · signal / (z + ε·sign z), where sign 0 = 1.
  (func (export "stabilisedQuotient")
    (param $signal i32) (param $z i32) (param $result i32) (param $count i32) (param $epsilon f32) (param $share f32)
    (local $end i32) (local $at i32) (local $y v128) (local $ups v128) (local $downs v128) (local $shares v128)
    (local.set $shares (f32x4.splat (local.get $share)))
    (local.set $ups (f32x4.splat (local.get $epsilon)))
    (local.set $downs (f32x4.splat (f32.neg (local.get $epsilon))))
    (local.set $end (i32.shl (i32.and (local.get $count) (i32.const -4)) (i32.const 2)))
    (block $done
      (loop $next
        (br_if $done (i32.ge_u (local.get $at) (local.get $end)))
        (local.set $y (v128.load (i32.add (local.get $z) (local.get $at))))
        (v128.store (i32.add (local.get $result) (local.get $at))
          (f32x4.div
            (f32x4.mul (v128.load (i32.add (local.get $signal) (local.get $at))) (local.get $shares))
            (f32x4.add
              (local.get $y)
              (v128.bitselect
                (local.get $ups)
                (local.get $downs)
                (f32x4.ge (local.get $y) (v128.const f32x4 0 0 0 0))))))
        (local.set $at (i32.add (local.get $at) (i32.const 16)))
        (br $next)))
    (local.set $end (i32.shl (local.get $count) (i32.const 2)))
    (block $done
      (loop $next
        (br_if $done (i32.ge_u (local.get $at) (local.get $end)))
        (local.set $y (v128.load32_zero (i32.add (local.get $z) (local.get $at))))
        (v128.store32_lane 0 (i32.add (local.get $result) (local.get $at))
          (f32x4.div
            (f32x4.mul (v128.load32_zero (i32.add (local.get $signal) (local.get $at))) (local.get $shares))
            (f32x4.add
              (local.get $y)
              (v128.bitselect
                (local.get $ups)
                (local.get $downs)
                (f32x4.ge (local.get $y) (v128.const f32x4 0 0 0 0))))))
        (local.set $at (i32.add (local.get $at) (i32.const 4)))
        (br $next))))

  ;; signal / ($ofZ · z + $ofY · y + $sign · ε) where z has the $sign, 1 or -1, else 0.
  (func (export "quotientWhereSigned")
    (param $signal i32) (param $z i32) (param $y i32) (param $result i32) (param $count i32)
    (param $sign f32) (param $ofZ f32) (param $ofY f32) (param $epsilon f32)
    (local $end i32) (local $at i32) (local $x v128)
    (local $signs v128) (local $perZ v128) (local $perY v128) (local $offsets v128)
    (local.set $signs (f32x4.splat (local.get $sign)))
    (local.set $perZ (f32x4.splat (local.get $ofZ)))
    (local.set $perY (f32x4.splat (local.get $ofY)))
    (local.set $offsets (f32x4.splat (f32.mul (local.get $sign) (local.get $epsilon))))
    (local.set $end (i32.shl (i32.and (local.get $count) (i32.const -4)) (i32.const 2)))
    (block $done
      (loop $next
        (br_if $done (i32.ge_u (local.get $at) (local.get $end)))
        (local.set $x (v128.load (i32.add (local.get $z) (local.get $at))))
        (v128.store (i32.add (local.get $result) (local.get $at))
          (v128.and
            (f32x4.gt (f32x4.mul (local.get $x) (local.get $signs)) (v128.const f32x4 0 0 0 0))
            (f32x4.div
              (v128.load (i32.add (local.get $signal) (local.get $at)))
              (f32x4.add
                (f32x4.add
                  (f32x4.mul (local.get $x) (local.get $perZ))
                  (f32x4.mul (v128.load (i32.add (local.get $y) (local.get $at))) (local.get $perY)))
                (local.get $offsets)))))
        (local.set $at (i32.add (local.get $at) (i32.const 16)))
        (br $next)))
    (local.set $end (i32.shl (local.get $count) (i32.const 2)))
    (block $done
      (loop $next
        (br_if $done (i32.ge_u (local.get $at) (local.get $end)))
        (local.set $x (v128.load32_zero (i32.add (local.get $z) (local.get $at))))
        (v128.store32_lane 0 (i32.add (local.get $result) (local.get $at))
          (v128.and
            (f32x4.gt (f32x4.mul (local.get $x) (local.get $signs)) (v128.const f32x4 0 0 0 0))
            (f32x4.div
              (v128.load32_zero (i32.add (local.get $signal) (local.get $at)))
              (f32x4.add
                (f32x4.add
                  (f32x4.mul (local.get $x) (local.get $perZ))
                  (f32x4.mul (v128.load32_zero (i32.add (local.get $y) (local.get $at))) (local.get $perY)))
                (local.get $offsets)))))
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
        (br $nextRow))))

  ;; The input gradient of a depthwise convolution with one output channel per input channel. For each input position,
  ;; the pairs of a cotangent and a tap that reach it are listed at $taps as two addresses each; then 16 channels at a
  ;; time are summed in registers over the list. Nothing is multiplied by zero, whatever the stride. The kernel is
  ;; flipped: $kernel is the address of its last tap.
  (func (export "depthwiseInputGradient")
    (param $cotangent i32) (param $kernel i32) (param $taps i32) (param $result i32)
    (param $batch i32) (param $rows i32) (param $columns i32) (param $channels i32)
    (param $outputRows i32) (param $outputColumns i32) (param $tall i32) (param $wide i32)
    (param $rowStride i32) (param $columnStride i32) (param $rowDilation i32) (param $columnDilation i32)
    (param $before i32) (param $left i32)
    (local $row i32) (local $column i32) (local $k i32) (local $l i32) (local $t i32) (local $o i32) (local $p i32)
    (local $end i32) (local $tap i32) (local $at i32) (local $bytes i32) (local $limit i32) (local $from i32)
    (local $by i32) (local $a v128) (local $b v128) (local $c v128) (local $d v128)
    (local.set $bytes (i32.shl (local.get $channels) (i32.const 2)))
    (block $noExamples (loop $nextExample
      (br_if $noExamples (i32.eqz (local.get $batch)))
      (local.set $row (i32.const 0))
      (block $noRows (loop $nextRow
        (br_if $noRows (i32.ge_u (local.get $row) (local.get $rows)))
        (local.set $column (i32.const 0))
        (block $noColumns (loop $nextColumn
          (br_if $noColumns (i32.ge_u (local.get $column) (local.get $columns)))

          ;; the list
          (local.set $end (local.get $taps))
          (local.set $k (i32.const 0))
          (block $noTaps (loop $nextTap
            (br_if $noTaps (i32.ge_u (local.get $k) (local.get $tall)))
            (block $skip
              (local.set $t (i32.sub (i32.add (local.get $row) (local.get $before))
                (i32.mul (local.get $k) (local.get $rowDilation))))
              (br_if $noTaps (i32.lt_s (local.get $t) (i32.const 0)))
              (local.set $o (i32.div_u (local.get $t) (local.get $rowStride)))
              (br_if $skip (i32.ge_u (local.get $o) (local.get $outputRows)))
              (br_if $skip (i32.ne (i32.mul (local.get $o) (local.get $rowStride)) (local.get $t)))
              (local.set $l (i32.const 0))
              (block $noColumnTaps (loop $nextColumnTap
                (br_if $noColumnTaps (i32.ge_u (local.get $l) (local.get $wide)))
                (block $skipColumn
                  (local.set $t (i32.sub (i32.add (local.get $column) (local.get $left))
                    (i32.mul (local.get $l) (local.get $columnDilation))))
                  (br_if $noColumnTaps (i32.lt_s (local.get $t) (i32.const 0)))
                  (local.set $p (i32.div_u (local.get $t) (local.get $columnStride)))
                  (br_if $skipColumn (i32.ge_u (local.get $p) (local.get $outputColumns)))
                  (br_if $skipColumn (i32.ne (i32.mul (local.get $p) (local.get $columnStride)) (local.get $t)))
                  (i32.store (local.get $end) (i32.add (local.get $cotangent) (i32.mul (local.get $bytes)
                    (i32.add (i32.mul (local.get $o) (local.get $outputColumns)) (local.get $p)))))
                  (i32.store offset=4 (local.get $end) (i32.sub (local.get $kernel) (i32.mul (local.get $bytes)
                    (i32.add (i32.mul (local.get $k) (local.get $wide)) (local.get $l)))))
                  (local.set $end (i32.add (local.get $end) (i32.const 8))))
                (local.set $l (i32.add (local.get $l) (i32.const 1)))
                (br $nextColumnTap))))
            (local.set $k (i32.add (local.get $k) (i32.const 1)))
            (br $nextTap)))

          ;; the sums, 16 channels at a time
          (local.set $at (i32.const 0))
          (local.set $limit (i32.and (local.get $bytes) (i32.const -64)))
          (block $done (loop $next
            (br_if $done (i32.ge_u (local.get $at) (local.get $limit)))
            (local.set $a (v128.const f32x4 0 0 0 0))
            (local.set $b (v128.const f32x4 0 0 0 0))
            (local.set $c (v128.const f32x4 0 0 0 0))
            (local.set $d (v128.const f32x4 0 0 0 0))
            (local.set $tap (local.get $taps))
            (block $summed (loop $sum
              (br_if $summed (i32.ge_u (local.get $tap) (local.get $end)))
              (local.set $from (i32.add (i32.load (local.get $tap)) (local.get $at)))
              (local.set $by (i32.add (i32.load offset=4 (local.get $tap)) (local.get $at)))
              (local.set $a (f32x4.add (local.get $a)
                (f32x4.mul (v128.load (local.get $from)) (v128.load (local.get $by)))))
              (local.set $b (f32x4.add (local.get $b)
                (f32x4.mul (v128.load offset=16 (local.get $from)) (v128.load offset=16 (local.get $by)))))
              (local.set $c (f32x4.add (local.get $c)
                (f32x4.mul (v128.load offset=32 (local.get $from)) (v128.load offset=32 (local.get $by)))))
              (local.set $d (f32x4.add (local.get $d)
                (f32x4.mul (v128.load offset=48 (local.get $from)) (v128.load offset=48 (local.get $by)))))
              (local.set $tap (i32.add (local.get $tap) (i32.const 8)))
              (br $sum)))
            (v128.store (i32.add (local.get $result) (local.get $at)) (local.get $a))
            (v128.store offset=16 (i32.add (local.get $result) (local.get $at)) (local.get $b))
            (v128.store offset=32 (i32.add (local.get $result) (local.get $at)) (local.get $c))
            (v128.store offset=48 (i32.add (local.get $result) (local.get $at)) (local.get $d))
            (local.set $at (i32.add (local.get $at) (i32.const 64)))
            (br $next)))

          ;; 4 channels at a time
          (local.set $limit (i32.and (local.get $bytes) (i32.const -16)))
          (block $done (loop $next
            (br_if $done (i32.ge_u (local.get $at) (local.get $limit)))
            (local.set $a (v128.const f32x4 0 0 0 0))
            (local.set $tap (local.get $taps))
            (block $summed (loop $sum
              (br_if $summed (i32.ge_u (local.get $tap) (local.get $end)))
              (local.set $a (f32x4.add (local.get $a) (f32x4.mul
                (v128.load (i32.add (i32.load (local.get $tap)) (local.get $at)))
                (v128.load (i32.add (i32.load offset=4 (local.get $tap)) (local.get $at))))))
              (local.set $tap (i32.add (local.get $tap) (i32.const 8)))
              (br $sum)))
            (v128.store (i32.add (local.get $result) (local.get $at)) (local.get $a))
            (local.set $at (i32.add (local.get $at) (i32.const 16)))
            (br $next)))

          ;; the rest one by one
          (block $done (loop $next
            (br_if $done (i32.ge_u (local.get $at) (local.get $bytes)))
            (local.set $a (v128.const f32x4 0 0 0 0))
            (local.set $tap (local.get $taps))
            (block $summed (loop $sum
              (br_if $summed (i32.ge_u (local.get $tap) (local.get $end)))
              (local.set $a (f32x4.add (local.get $a) (f32x4.mul
                (v128.load32_zero (i32.add (i32.load (local.get $tap)) (local.get $at)))
                (v128.load32_zero (i32.add (i32.load offset=4 (local.get $tap)) (local.get $at))))))
              (local.set $tap (i32.add (local.get $tap) (i32.const 8)))
              (br $sum)))
            (v128.store32_lane 0 (i32.add (local.get $result) (local.get $at)) (local.get $a))
            (local.set $at (i32.add (local.get $at) (i32.const 4)))
            (br $next)))

          (local.set $result (i32.add (local.get $result) (local.get $bytes)))
          (local.set $column (i32.add (local.get $column) (i32.const 1)))
          (br $nextColumn)))
        (local.set $row (i32.add (local.get $row) (i32.const 1)))
        (br $nextRow)))
      (local.set $cotangent (i32.add (local.get $cotangent)
        (i32.mul (local.get $bytes) (i32.mul (local.get $outputRows) (local.get $outputColumns)))))
      (local.set $batch (i32.sub (local.get $batch) (i32.const 1)))
      (br $nextExample))))

  ;; The gradient of max pooling. Tap after tap of a window takes what is left of the cotangent where it holds the
  ;; maximum, so that the first one gets all. Windows overlap, hence the sums.
  (func (export "maxPoolGradient")
    (param $cotangent i32) (param $input i32) (param $output i32) (param $result i32)
    (param $batch i32) (param $rows i32) (param $columns i32) (param $channels i32)
    (param $outputRows i32) (param $outputColumns i32) (param $tall i32) (param $wide i32)
    (param $rowStride i32) (param $columnStride i32) (param $before i32) (param $left i32)
    (local $row i32) (local $column i32) (local $top i32) (local $bottom i32) (local $start i32) (local $stop i32)
    (local $r i32) (local $c i32) (local $at i32) (local $bytes i32) (local $vectors i32) (local $place i32)
    (local $y v128) (local $rest v128) (local $is v128)
    (local.set $bytes (i32.shl (local.get $channels) (i32.const 2)))
    (local.set $vectors (i32.and (local.get $bytes) (i32.const -16)))
    (memory.fill (local.get $result) (i32.const 0) (i32.mul (local.get $batch)
      (i32.mul (local.get $bytes) (i32.mul (local.get $rows) (local.get $columns)))))
    (block $noExamples (loop $nextExample
      (br_if $noExamples (i32.eqz (local.get $batch)))
      (local.set $row (i32.const 0))
      (block $noRows (loop $nextRow
        (br_if $noRows (i32.ge_u (local.get $row) (local.get $outputRows)))
        (local.set $top (i32.sub (i32.mul (local.get $row) (local.get $rowStride)) (local.get $before)))
        (local.set $bottom (call $lesser (i32.add (local.get $top) (local.get $tall)) (local.get $rows)))
        (local.set $top (call $positive (local.get $top)))
        (local.set $column (i32.const 0))
        (block $noColumns (loop $nextColumn
          (br_if $noColumns (i32.ge_u (local.get $column) (local.get $outputColumns)))
          (local.set $start (i32.sub (i32.mul (local.get $column) (local.get $columnStride)) (local.get $left)))
          (local.set $stop (call $lesser (i32.add (local.get $start) (local.get $wide)) (local.get $columns)))
          (local.set $start (call $positive (local.get $start)))
          (local.set $at (i32.const 0))
          (block $done (loop $next
            (br_if $done (i32.ge_u (local.get $at) (local.get $vectors)))
            (local.set $y (v128.load (i32.add (local.get $output) (local.get $at))))
            (local.set $rest (v128.load (i32.add (local.get $cotangent) (local.get $at))))
            (local.set $r (local.get $top))
            (block $noRowTaps (loop $nextRowTap
              (br_if $noRowTaps (i32.ge_s (local.get $r) (local.get $bottom)))
              (local.set $c (local.get $start))
              (block $noTaps (loop $nextTap
                (br_if $noTaps (i32.ge_s (local.get $c) (local.get $stop)))
                (local.set $place (i32.add (local.get $at) (i32.mul (local.get $bytes)
                  (i32.add (i32.mul (local.get $r) (local.get $columns)) (local.get $c)))))
                (local.set $is (f32x4.eq (local.get $y) (v128.load (i32.add (local.get $input) (local.get $place)))))
                (v128.store (i32.add (local.get $result) (local.get $place))
                  (f32x4.add
                    (v128.load (i32.add (local.get $result) (local.get $place)))
                    (v128.and (local.get $rest) (local.get $is))))
                (local.set $rest (v128.andnot (local.get $rest) (local.get $is)))
                (local.set $c (i32.add (local.get $c) (i32.const 1)))
                (br $nextTap)))
              (local.set $r (i32.add (local.get $r) (i32.const 1)))
              (br $nextRowTap)))
            (local.set $at (i32.add (local.get $at) (i32.const 16)))
            (br $next)))
          (block $done (loop $next
            (br_if $done (i32.ge_u (local.get $at) (local.get $bytes)))
            (local.set $y (v128.load32_zero (i32.add (local.get $output) (local.get $at))))
            (local.set $rest (v128.load32_zero (i32.add (local.get $cotangent) (local.get $at))))
            (local.set $r (local.get $top))
            (block $noRowTaps (loop $nextRowTap
              (br_if $noRowTaps (i32.ge_s (local.get $r) (local.get $bottom)))
              (local.set $c (local.get $start))
              (block $noTaps (loop $nextTap
                (br_if $noTaps (i32.ge_s (local.get $c) (local.get $stop)))
                (local.set $place (i32.add (local.get $at) (i32.mul (local.get $bytes)
                  (i32.add (i32.mul (local.get $r) (local.get $columns)) (local.get $c)))))
                (local.set $is (f32x4.eq (local.get $y) (v128.load32_zero (i32.add (local.get $input) (local.get $place)))))
                (v128.store32_lane 0 (i32.add (local.get $result) (local.get $place))
                  (f32x4.add
                    (v128.load32_zero (i32.add (local.get $result) (local.get $place)))
                    (v128.and (local.get $rest) (local.get $is))))
                (local.set $rest (v128.andnot (local.get $rest) (local.get $is)))
                (local.set $c (i32.add (local.get $c) (i32.const 1)))
                (br $nextTap)))
              (local.set $r (i32.add (local.get $r) (i32.const 1)))
              (br $nextRowTap)))
            (local.set $at (i32.add (local.get $at) (i32.const 4)))
            (br $next)))
          (local.set $cotangent (i32.add (local.get $cotangent) (local.get $bytes)))
          (local.set $output (i32.add (local.get $output) (local.get $bytes)))
          (local.set $column (i32.add (local.get $column) (i32.const 1)))
          (br $nextColumn)))
        (local.set $row (i32.add (local.get $row) (i32.const 1)))
        (br $nextRow)))
      (local.set $place (i32.mul (local.get $bytes) (i32.mul (local.get $rows) (local.get $columns))))
      (local.set $input (i32.add (local.get $input) (local.get $place)))
      (local.set $result (i32.add (local.get $result) (local.get $place)))
      (local.set $batch (i32.sub (local.get $batch) (i32.const 1)))
      (br $nextExample))))

  ;; Regions of $count planes that are one plane $base but for a patch each. $places holds four numbers for each: row and
  ;; column of the region, row and column of the patch, which lies within the plane. $pixel is in bytes. Beyond the border
  ;; of the plane a region is filled with $beyond.
  (func (export "cropRegions")
    (param $base i32) (param $patch i32) (param $places i32) (param $result i32)
    (param $count i32) (param $rows i32) (param $columns i32) (param $pixel i32)
    (param $patchRows i32) (param $patchColumns i32) (param $tall i32) (param $wide i32) (param $beyond f32)
    (local $top i32) (local $left i32) (local $patchTop i32) (local $patchLeft i32) (local $row i32) (local $y i32)
    (local $start i32) (local $stop i32) (local $from i32) (local $to i32) (local $line i32)
    (local.set $line (i32.mul (local.get $wide) (local.get $pixel)))
    (block $noRegions (loop $nextRegion
      (br_if $noRegions (i32.eqz (local.get $count)))
      (local.set $top (i32.trunc_f32_s (f32.load (local.get $places))))
      (local.set $left (i32.trunc_f32_s (f32.load offset=4 (local.get $places))))
      (local.set $patchTop (i32.trunc_f32_s (f32.load offset=8 (local.get $places))))
      (local.set $patchLeft (i32.trunc_f32_s (f32.load offset=12 (local.get $places))))
      ;; the columns of the region that lie within the plane, and of these the ones of the patch
      (local.set $start (call $lesser (call $positive (i32.sub (i32.const 0) (local.get $left))) (local.get $wide)))
      (local.set $stop (call $greater (local.get $start)
        (call $lesser (i32.sub (local.get $columns) (local.get $left)) (local.get $wide))))
      (local.set $from (call $lesser (local.get $stop)
        (call $greater (local.get $start) (i32.sub (local.get $patchLeft) (local.get $left)))))
      (local.set $to (call $greater (local.get $from) (call $lesser (local.get $stop)
        (i32.sub (i32.add (local.get $patchLeft) (local.get $patchColumns)) (local.get $left)))))
      (local.set $row (i32.const 0))
      (block $noRows (loop $nextRow
        (br_if $noRows (i32.ge_u (local.get $row) (local.get $tall)))
        (local.set $y (i32.add (local.get $top) (local.get $row)))
        (if (i32.ge_u (local.get $y) (local.get $rows))
          (then (call $fill (local.get $result) (local.get $line) (local.get $beyond)))
          (else
            (call $fill (local.get $result) (i32.mul (local.get $start) (local.get $pixel)) (local.get $beyond))
            (call $fill
              (i32.add (local.get $result) (i32.mul (local.get $stop) (local.get $pixel)))
              (i32.mul (i32.sub (local.get $wide) (local.get $stop)) (local.get $pixel))
              (local.get $beyond))
            (local.set $y (i32.sub (local.get $y) (local.get $patchTop)))
            (if (i32.ge_u (local.get $y) (local.get $patchRows))
              (then (call $copyPixels (local.get $result) (local.get $base) (local.get $start) (local.get $stop)
                (local.get $left) (i32.add (local.get $top) (local.get $row)) (local.get $columns) (local.get $pixel)))
              (else
                (call $copyPixels (local.get $result) (local.get $base) (local.get $start) (local.get $from)
                  (local.get $left) (i32.add (local.get $top) (local.get $row)) (local.get $columns) (local.get $pixel))
                (call $copyPixels (local.get $result) (local.get $patch) (local.get $from) (local.get $to)
                  (i32.sub (local.get $left) (local.get $patchLeft)) (local.get $y) (local.get $patchColumns)
                  (local.get $pixel))
                (call $copyPixels (local.get $result) (local.get $base) (local.get $to) (local.get $stop)
                  (local.get $left) (i32.add (local.get $top) (local.get $row)) (local.get $columns)
                  (local.get $pixel))))))
        (local.set $result (i32.add (local.get $result) (local.get $line)))
        (local.set $row (i32.add (local.get $row) (i32.const 1)))
        (br $nextRow)))
      (local.set $patch (i32.add (local.get $patch)
        (i32.mul (local.get $pixel) (i32.mul (local.get $patchRows) (local.get $patchColumns)))))
      (local.set $places (i32.add (local.get $places) (i32.const 16)))
      (local.set $count (i32.sub (local.get $count) (i32.const 1)))
      (br $nextRegion))))

  ;; Pixels $start … $stop of a line, from those $left further right in row $row of a plane of $columns.
  (func $copyPixels
    (param $line i32) (param $plane i32) (param $start i32) (param $stop i32) (param $left i32) (param $row i32)
    (param $columns i32) (param $pixel i32)
    (memory.copy
      (i32.add (local.get $line) (i32.mul (local.get $start) (local.get $pixel)))
      (i32.add (local.get $plane) (i32.mul (local.get $pixel)
        (i32.add (i32.mul (local.get $row) (local.get $columns)) (i32.add (local.get $start) (local.get $left)))))
      (i32.mul (i32.sub (local.get $stop) (local.get $start)) (local.get $pixel))))

  (func $fill (param $at i32) (param $bytes i32) (param $value f32)
    (local $end i32)
    (local.set $end (i32.add (local.get $at) (local.get $bytes)))
    (block $done (loop $next
      (br_if $done (i32.ge_u (local.get $at) (local.get $end)))
      (f32.store (local.get $at) (local.get $value))
      (local.set $at (i32.add (local.get $at) (i32.const 4)))
      (br $next))))

  (func $greater (param $a i32) (param $b i32) (result i32)
    (select (local.get $a) (local.get $b) (i32.gt_s (local.get $a) (local.get $b))))

  (func $lesser (param $a i32) (param $b i32) (result i32)
    (select (local.get $a) (local.get $b) (i32.lt_s (local.get $a) (local.get $b))))

  (func $positive (param $a i32) (result i32)
    (select (local.get $a) (i32.const 0) (i32.gt_s (local.get $a) (i32.const 0)))))
