import { describe, expect, it } from 'vitest'

import { ApiError, explain, explainProblem, problemOf } from './problem'

function answer(status: number, body: string, type: string): Response {
  return new Response(body, { status, headers: { 'content-type': type } })
}

describe('problemOf', () => {
  it('reads a problem document', async () => {
    const body = JSON.stringify({ type: 'urn:hotline:problem:not-found', title: 'Not found', status: 404, detail: 'No such call.' })
    const error = await problemOf(answer(404, body, 'application/problem+json'))
    expect(error.status).toBe(404)
    expect(error.kind).toBe('not-found')
    expect(error.message).toBe('No such call.')
  })

  it.each([
    ['a page of a proxy', '<html>Bad gateway</html>', 'text/html'],
    ['broken JSON', '{"title":', 'application/problem+json'],
    ['JSON that is no problem', '[1]', 'application/json'],
  ])('keeps the status of %s', async (_name, body, type) => {
    const error = await problemOf(answer(502, body, type))
    expect(error.status).toBe(502)
    expect(explain(error).action).not.toBe('')
  })
})

describe('explain', () => {
  it('says what to do when nobody answers', () => {
    expect(explain(new ApiError(0, {})).title).toBe('连不上服务器')
  })

  it('tells kinds of one status apart', () => {
    const fetching = explain(new ApiError(422, { type: 'urn:hotline:problem:fetch-failed', status: 422 }))
    const invalid = explain(new ApiError(422, { type: 'urn:hotline:problem:invalid-value', status: 422 }))
    expect(fetching.title).not.toBe(invalid.title)
  })

  it('names every value that was not accepted', () => {
    const problem = {
      status: 422,
      detail: 'A value cannot be accepted.',
      errors: [{ in: 'body', pointer: '/started_at', detail: 'must be a time' }, { in: 'query', parameter: 'limit', detail: 'too large' }],
    }
    const { detail } = explain(new ApiError(422, problem))
    expect(detail).toContain('/started_at：must be a time')
    expect(detail).toContain('limit：too large')
  })

  it.each(['not_audio', 'truncated', 'empty', 'unsupported_codec'])('knows the recording error %s by code and by type', (code) => {
    const byCode = explainProblem({ code, detail: 'x' })
    expect(byCode).toEqual(explainProblem({ type: `urn:hotline:problem:${code}`, detail: 'x' }))
    expect(byCode.title).not.toBe(explainProblem({ detail: 'x' }).title)
  })
})
