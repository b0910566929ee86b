import 'element-plus/theme-chalk/base.css'
import '@/styles/theme.css'

import { createApp } from 'vue'

import App from '@/App.vue'
import { createPageRouter } from '@/router'
import { startSession } from '@/session/session'

// Who is signed in sees the list first: its code comes while the server is asked for the session.
if (/^\/(calls)?$/.test(window.location.pathname)) void import('@/calls/CallListPage.vue')

// The key in the address must be gone before the router reads the address.
await startSession()
createApp(App).use(createPageRouter()).mount('#app')
