import { describe, expect, it } from 'vitest'

import type { Call } from '@/api/types'
import { aCall, aRecording } from '@/testing'

import { callSteps, isUnderWay } from './progress'

const states = (call: Call): string => callSteps(call).map((step) => step.state).join(' ')
const working = (name: string, fraction: number) => ({
  step: name,
  fraction: 0,
  steps: [{ name, state: 'running', fraction, started_at: null, finished_at: null }],
})

describe('callSteps', () => {
  it.each([
    ['received', 'waiting waiting waiting waiting waiting'],
    ['decoding', 'running waiting waiting waiting waiting'],
    ['diarizing', 'done running waiting waiting waiting'],
    ['transcribing', 'done done running waiting waiting'],
    ['transcribed', 'done done done waiting waiting'],
    ['failed', 'failed failed failed waiting waiting'],
  ] as const)('recording %s', (state, expected) => {
    expect(states(aCall({ recordings: [aRecording({ state })] }))).toBe(expected)
  })

  it('shows which step of a recording failed', () => {
    const steps = [{ name: 'decode', state: 'done', fraction: 1, started_at: null, finished_at: null }]
    const failed = aRecording({ state: 'failed', progress: { step: 'diarize', fraction: 0, steps } })
    expect(states(aCall({ state: 'failed', recordings: [failed] }))).toBe('done failed failed waiting waiting')
  })

  it('is as far as the slowest recording that has not failed', () => {
    const recordings = [
      aRecording({ id: 'a', state: 'transcribed' }),
      aRecording({ id: 'b', state: 'diarizing' }),
      aRecording({ id: 'c', state: 'failed' }),
    ]
    expect(states(aCall({ recordings }))).toBe('done running running waiting waiting')
  })

  it('tells how far the slowest recording is with the step', () => {
    const recordings = [
      aRecording({ id: 'a', state: 'transcribing', progress: working('transcribe', 0.8) }),
      aRecording({ id: 'b', state: 'transcribing', progress: working('transcribe', 0.25) }),
    ]
    expect(callSteps(aCall({ recordings }))[2]).toMatchObject({ state: 'running', fraction: 0.25 })
  })

  it.each([
    ['structuring', 'running waiting'],
    ['ticketed', 'done done'],
    ['waiting', 'waiting waiting'],
  ] as const)('call %s', (state, expected) => {
    const call = aCall({ state, recordings: [aRecording({ state: 'transcribed' })] })
    expect(states(call)).toBe(`done done done ${expected}`)
  })

  it('follows what the call reports of structuring and dispatch', () => {
    const steps = [
      { name: 'structure', state: 'done', fraction: 1, started_at: null, finished_at: null },
      { name: 'dispatch', state: 'running', fraction: 0, started_at: null, finished_at: null },
    ]
    const call = aCall({
      state: 'structuring',
      recordings: [aRecording({ state: 'transcribed' })],
      progress: { step: 'dispatch', fraction: 0.9, steps },
    })
    expect(states(call)).toBe('done done done done running')
  })
})

it('knows when nothing more comes by itself', () => {
  expect(isUnderWay({ state: 'waiting' })).toBe(true)
  expect(isUnderWay({ state: 'structuring' })).toBe(true)
  expect(isUnderWay({ state: 'ticketed' })).toBe(false)
  expect(isUnderWay({ state: 'failed' })).toBe(false)
})
