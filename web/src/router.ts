import { watch } from 'vue'
import { createRouter, createWebHistory, type Router, type RouteRecordRaw } from 'vue-router'

import { firstPage } from '@/session/pages'
import { mustChangePassword, sessionState } from '@/session/session'

declare module 'vue-router' {
  interface RouteMeta {
    title: string
    /** Shown without a session too. */
    open?: boolean
  }
}

const routes: RouteRecordRaw[] = [
  { path: '/', redirect: () => ({ name: firstPage() }) },
  {
    path: '/sign-in',
    name: 'sign-in',
    component: () => import('@/session/SignInPage.vue'),
    meta: { title: '登录', open: true },
  },
  {
    path: '/password',
    name: 'password',
    component: () => import('@/session/PasswordPage.vue'),
    meta: { title: '修改密码' },
  },
  {
    path: '/queue',
    name: 'queue',
    component: () => import('@/queue/QueuePage.vue'),
    meta: { title: '待办' },
  },
  {
    path: '/tickets/:id',
    name: 'review',
    component: () => import('@/review/ReviewPage.vue'),
    props: true,
    meta: { title: '工单办理' },
  },
  {
    path: '/blind',
    name: 'blind',
    component: () => import('@/govern/BlindPage.vue'),
    meta: { title: '盲审抽样' },
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
    path: '/automation',
    name: 'govern',
    component: () => import('@/govern/GovernPage.vue'),
    meta: { title: '自动派单' },
  },
  {
    path: '/figures',
    name: 'supervise',
    component: () => import('@/supervise/SupervisePage.vue'),
    meta: { title: '统计' },
  },
  {
    path: '/audit',
    name: 'audit',
    component: () => import('@/audit/AuditPage.vue'),
    meta: { title: '审计日志' },
  },
  {
    path: '/accounts',
    name: 'accounts',
    component: () => import('@/accounts/AccountsPage.vue'),
    meta: { title: '账号' },
  },
  {
    path: '/shortcuts',
    name: 'shortcuts',
    component: () => import('@/shortcuts/ShortcutPage.vue'),
    meta: { title: '键盘操作' },
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
      return { name: 'sign-in', query: to.fullPath === '/' || to.redirectedFrom?.fullPath === '/' ? {} : { next: to.fullPath } }
    }
    if (mustChangePassword.value && to.name !== 'password' && !to.meta.open) return { name: 'password' }
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
