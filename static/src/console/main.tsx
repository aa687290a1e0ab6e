// The console. One desk, drawn by app/app.tsx; one folder per view; what is shared with the widget is in ../shared.
import { render } from 'preact'
import { App } from './app/app'
import { Desk } from './app/desk'

const desk = new Desk()
render(<App desk={desk} />, document.getElementById('app') ?? document.body)
desk.start()
