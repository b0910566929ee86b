import { CHANGE_HEADERS } from '@/api/client'
import { ApiError, isProblem } from '@/api/problem'
import type { ProblemDocument } from '@/api/types'

/** What is known of a recording beside its sound. Empty text is left out of the request. */
export type RecordingMetadata = Record<
  'source' | 'session_id' | 'caller_number' | 'started_at' | 'channel_roles' | 'part',
  string
>

export interface Accepted {
  id: string
  callId: string
  /** The server had this recording already. */
  known: boolean
}

export interface Upload {
  done: Promise<Accepted>
  cancel: () => void
}

/** The form that `POST /v1/recordings` takes. The file stands last, so that the server has read the rest before it. */
export function recordingForm(file: File, metadata: RecordingMetadata): FormData {
  const form = new FormData()
  for (const [name, value] of Object.entries(metadata)) {
    if (value.trim()) form.append(name, value.trim())
  }
  form.append('file', file, file.name)
  return form
}

/** Send a recording. `XMLHttpRequest` since `fetch` does not tell how far an upload is; `onProgress` gets 0…1. */
export function uploadRecording(
  file: File,
  metadata: RecordingMetadata,
  idempotencyKey: string,
  onProgress: (fraction: number) => void,
): Upload {
  const request = new XMLHttpRequest()
  const done = new Promise<Accepted>((resolve, reject) => {
    request.open('POST', '/v1/recordings')
    request.responseType = 'json'
    request.setRequestHeader('Idempotency-Key', idempotencyKey)
    for (const [name, value] of Object.entries(CHANGE_HEADERS)) request.setRequestHeader(name, value)
    request.upload.onprogress = (event) => {
      if (event.lengthComputable) onProgress(event.loaded / event.total)
    }
    request.onload = () => {
      const body: unknown = request.response
      if (request.status >= 200 && request.status < 300 && isAccepted(body)) {
        resolve({ id: body.id, callId: body.call_id, known: request.status === 200 })
      } else {
        const problem: ProblemDocument = isProblem(body) ? body : { title: request.statusText, status: request.status }
        reject(new ApiError(request.status, problem))
      }
    }
    request.onerror = () => reject(new ApiError(0, { title: 'No answer from the server' }))
    request.onabort = () => reject(new DOMException('cancelled', 'AbortError'))
    request.send(recordingForm(file, metadata))
  })
  return { done, cancel: () => request.abort() }
}

/** A random id; `crypto.randomUUID` is missing where the page is not served over https. */
export function randomId(): string {
  return Array.from(crypto.getRandomValues(new Uint8Array(12)), (byte) => byte.toString(16).padStart(2, '0')).join('')
}

function isAccepted(body: unknown): body is { id: string; call_id: string } {
  return typeof body === 'object' && body !== null && 'id' in body && 'call_id' in body
}
