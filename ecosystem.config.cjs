// pm2 start ecosystem.config.cjs · pm2 status tgtp · pm2 logs tgtp · pm2 restart tgtp · pm2 stop tgtp
// (first once: make .venv/runtime, which sets up .venv)
module.exports = {
  apps: [
    {
      name: "tgtp",
      cwd: __dirname,
      script: "bot.py",
      interpreter: ".venv/bin/python",
      // One process for one data folder; a second one would refuse to start.
      instances: 1,
      exec_mode: "fork",
      // 2 is a refusal: a setting is wrong, or another tgtp works on the folder. It would be refused again each time; the
      // reason is in the log and on the phone.
      stop_exit_codes: [2],
      // Whatever else ends it, it is started again at once. (With a delay, pm2 would show a refusal as "waiting restart".)
      autorestart: true,
      // An ordered end takes up to five seconds; killed before, an order in hand would have to be looked up at the next start.
      kill_timeout: 8000,
      watch: false,
      merge_logs: true,
      env: { PYTHONUNBUFFERED: "1" },
    },
  ],
};
