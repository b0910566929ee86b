import { watch } from 'vue'
import { createRouter, createWebHistory, type Router, type RouteRecordRaw } from 'vue-router'

import { sessionState } from '@/session/session'

declare module 'vue-router' {
  interface RouteMeta {
    title: string
    /** Shown without a session too. */
    open?: boolean
  }
}

const routes: RouteRecordRaw[] = [
  { path: '/', redirect: { name: 'calls' } },
  {
    path: '/sign-in',
    name: 'sign-in',
    component: () => import('@/session/SignInPage.vue'),
    meta: { title: '登录', open: true },
  },
  {
    path: '/calls',
    name: 'calls',
    component: () => import('@/calls/CallListPage.vue'),
    meta: { title: '来电' },
  },
  {
    path: '/calls/:id',
    name: 'call',
    component: () => import('@/calls/CallPage.vue'),
    props: true,
    meta: { title: '来电详情' },
  },
  {
    path: '/:rest(.*)*',
    name: 'not-found',
    component: () => import('@/NotFoundPage.vue'),
    meta: { title: '没有这个页面' },
  },
]

/** The router from here on; the address must hold no key any more, since the router keeps what it finds there. */
export function createPageRouter(): Router {
  const router = createRouter({ history: createWebHistory(), routes })

  router.beforeEach((to) => {
    if (sessionState.value !== 'signed-in' && !to.meta.open) {
      return { name: 'sign-in', query: to.fullPath === '/calls' ? {} : { next: to.fullPath } }
    }
    return true
  })

  router.afterEach((to) => {
    document.title = `${to.meta.title} · 热线工单台`
  })

  // A session that ends while a page is open: sign in, then back to where one was.
  watch(sessionState, (state) => {
    const here = router.currentRoute.value
    if (state === 'signed-out' && !here.meta.open) {
      void router.push({ name: 'sign-in', query: { next: here.fullPath } })
    }
  })
  return router
}
