import { expect, it } from 'vitest'

import { peaksOf } from './peaks'

it('finds the loudest sample of every stretch, whatever its sign', () => {
  expect([...peaksOf(Float32Array.of(0, 0.5, -0.75, 0.25, 0, -0.125), 3)]).toEqual([0.5, 0.75, 0.125])
})

it('misses no sample when stretches are uneven', () => {
  for (let at = 0; at < 10; at += 1) {
    const samples = new Float32Array(10)
    samples[at] = -1
    expect(Math.max(...peaksOf(samples, 3))).toBe(1)
  }
})

it('draws short and empty recordings with as many points as there are samples', () => {
  expect([...peaksOf(Float32Array.of(0.5, 0.25), 4000)]).toEqual([0.5, 0.25])
  expect(peaksOf(new Float32Array(0), 4000)).toHaveLength(0)
})
