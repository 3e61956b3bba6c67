# docs/hosts/docker.md says how to build and run this.
ARG PYTHON=3.11

FROM python:${PYTHON}-slim-bookworm AS build
WORKDIR /src
# The libraries first: they stay as they are while the program changes. Each file has its hash, and nothing is compiled.
COPY requirements.txt requirements-dev.txt ./
RUN python3 -m venv --without-pip /opt/tgtp \
 && python3 -m pip --python /opt/tgtp/bin/python install --no-cache-dir --no-compile --require-hashes --only-binary :all: \
    -r requirements.txt \
 && sed -n '/^setuptools==/,/[^\\]$/p' requirements-dev.txt > build.txt \
 && python3 -m venv --without-pip /opt/build \
 && python3 -m pip --python /opt/build/bin/python install --no-cache-dir --require-hashes -r build.txt
# What a bot never reads of them: their tests, sources in C, and how some 800 other languages write a number.
RUN find /opt/tgtp -type d -name tests -prune -exec rm -rf {} + \
 && find /opt/tgtp -type f \( -name '*.pyi' -o -name '*.[chf]' -o -name '*.pyx' \) -delete \
 && find /opt/tgtp -path '*/babel/locale-data/*' ! -name 'root.*' ! -name 'en*' ! -name 'zh*' -delete \
 && rm -rf /opt/tgtp/lib/python3*/site-packages/ccxt/test
COPY . ./
RUN python3 -m pip --python /opt/build/bin/python wheel --no-cache-dir --no-deps --no-build-isolation --wheel-dir dist . \
 && python3 -m pip --python /opt/tgtp/bin/python install --no-cache-dir --no-deps dist/*.whl
# Compiled is what is loaded: nothing can be written later, and a start that compiles takes a minute on a small machine.
RUN /opt/tgtp/bin/python -c "import tgtp.jobs.do, tgtp.setup.command, tgtp.backtest.command, tgtp.chat.charts.draw, \
    tgtp.adapters.okx.exchange, tgtp.adapters.okx.stream.build, apprise; apprise.Apprise().add('json://localhost')"

FROM python:${PYTHON}-slim-bookworm
# The folder first: a new volume takes its owner and mode.
RUN useradd --uid 10001 --user-group --no-create-home --home-dir /data --shell /usr/sbin/nologin tgtp \
 && install -d -o tgtp -g tgtp -m 700 /data
COPY --from=build /opt/tgtp /opt/tgtp
ENV PATH=/opt/tgtp/bin:$PATH \
    PYTHONUNBUFFERED=1 \
    PYTHONDONTWRITEBYTECODE=1 \
    TGTP_HOME=/data \
    TGTP_ALIVE_FILE=/tmp/tgtp-alive
# .env and the memory: which tiers have fired.
VOLUME /data
USER 10001:10001
WORKDIR /data
# Touched after every check, good or bad, and gone after an ordered end. A check may take a minute while OKX does not answer.
HEALTHCHECK --interval=30s --timeout=5s --start-period=150s --retries=2 \
  CMD ["sh", "-c", "test -n \"$(find $TGTP_ALIVE_FILE -newermt '-60 seconds')\""]
ENTRYPOINT ["tgtp"]
CMD ["run"]
