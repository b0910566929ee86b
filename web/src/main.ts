import 'element-plus/theme-chalk/base.css'
import 'element-plus/theme-chalk/dark/css-vars.css'
import '@/styles/theme.css'

import { createApp } from 'vue'

import App from '@/App.vue'
import { createPageRouter } from '@/router'
import { startSession } from '@/session/session'

// What is seen first comes while the server is asked for the session.
if (/^\/(queue)?$/.test(window.location.pathname)) void import('@/queue/QueuePage.vue')

// The key in the address must be gone before the router reads the address.
await startSession()
createApp(App).use(createPageRouter()).mount('#app')
