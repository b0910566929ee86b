import type { Call, Progress, Recording, RecordingState, StepState } from '@/api/types'

/** One of the five steps from recording to dispatch, as shown. `fraction` 0…1 where it is known. */
export interface ShownStep {
  name: StepName
  label: string
  state: StepState
  fraction: number | null
}

export type StepName = (typeof STEPS)[number]['name']

export const STEPS = [
  { name: 'decode', label: '解码' },
  { name: 'diarize', label: '分离说话人' },
  { name: 'transcribe', label: '转写' },
  { name: 'structure', label: '成单' },
  { name: 'dispatch', label: '派单' },
] as const

const RECORDING_STEPS = ['decode', 'diarize', 'transcribe'] as const

/** How many of the recording's steps a state says are done; the next one runs. */
const DONE_IN: Record<RecordingState, number> = {
  received: 0,
  decoding: 0,
  diarizing: 1,
  transcribing: 2,
  transcribed: 3,
  failed: 0,
}

/**
 * The five steps of a call. A recording's step is as far as the slowest of its recordings that has not failed:
 * a call whose one part is broken still gets its ticket from the others.
 */
export function callSteps(call: Call): ShownStep[] {
  return STEPS.map(({ name, label }) => {
    const state = stepState(call, name)
    return { name, label, state, fraction: state === 'running' ? stepFraction(call, name) : null }
  })
}

/** Whether anything is still to come for this call without anybody's doing. */
export function isUnderWay(call: Pick<Call, 'state'>): boolean {
  return call.state === 'waiting' || call.state === 'structuring'
}

function stepState(call: Call, name: StepName): StepState {
  if (!isRecordingStep(name)) return callStepState(call, name)
  const states = call.recordings.map((recording) => recordingStepState(recording, name))
  if (states.length === 0) return 'waiting'
  const working = states.filter((state) => state !== 'failed')
  if (working.length === 0) return 'failed'
  if (working.every((state) => state === 'done')) return 'done'
  return working.includes('running') || working.includes('done') ? 'running' : 'waiting'
}

function recordingStepState(recording: Recording, name: (typeof RECORDING_STEPS)[number]): StepState {
  const reported = stateOf(recording.progress, name)
  if (recording.state !== 'failed') {
    const position = RECORDING_STEPS.indexOf(name)
    const done = DONE_IN[recording.state]
    if (position < done) return 'done'
    return position === done && recording.state !== 'received' ? 'running' : 'waiting'
  }
  return reported === 'done' ? 'done' : 'failed'
}

function callStepState(call: Call, name: 'structure' | 'dispatch'): StepState {
  if (call.state === 'ticketed') return 'done'
  const reported = stateOf(call.progress, name)
  if (call.state === 'failed') return reported === 'done' ? 'done' : reported === 'failed' ? 'failed' : 'waiting'
  if (call.state === 'waiting') return 'waiting'
  return reported ?? (name === 'structure' ? 'running' : 'waiting')
}

function stepFraction(call: Call, name: StepName): number | null {
  if (!isRecordingStep(name)) return null
  const fractions = call.recordings
    .filter((recording) => recording.state !== 'failed')
    .flatMap((recording) => recording.progress.steps)
    .filter((step) => step.name === name && step.state !== 'waiting')
    .map((step) => (step.state === 'done' ? 1 : step.fraction))
  return fractions.length ? Math.min(...fractions) : null
}

const STATES: readonly string[] = ['waiting', 'running', 'done', 'failed'] satisfies StepState[]

function stateOf(progress: Progress, name: StepName): StepState | null {
  const state = progress.steps.find((step) => step.name === name)?.state
  return state !== undefined && STATES.includes(state) ? (state as StepState) : null
}

function isRecordingStep(name: StepName): name is (typeof RECORDING_STEPS)[number] {
  return (RECORDING_STEPS as readonly string[]).includes(name)
}
