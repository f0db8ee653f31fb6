// nginx with examples/nginx/latchkey.conf, under a main configuration that keeps everything in one folder.
import { addressChanges, exampleWith, type OpenDoor, startProxy } from './proxy-process.ts'

const TEMPORARY_PATHS = ['client_body', 'proxy', 'fastcgi', 'uwsgi', 'scgi']
  .map((name) => `    ${name}_temp_path ${name};\n`)
  .join('')

const MAIN = `worker_processes 1;
pid nginx.pid;
error_log stderr;
events {}
http {
    access_log off;
    keepalive_requests 1000000;
${TEMPORARY_PATHS}    include latchkey.conf;
}
`

export const openNginx: OpenDoor = (places, changes = []) =>
  startProxy({
    program: 'nginx',
    args: (folder) => ['-p', folder, '-e', 'stderr', '-c', 'nginx.conf', '-g', 'daemon off;'],
    files: () => ({
      'nginx.conf': MAIN,
      'latchkey.conf': exampleWith('nginx/latchkey.conf', [...changes, ...Object.values(addressChanges(places))]),
    }),
    port: places.listen,
  })
