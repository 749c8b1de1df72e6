# Two images: `--target bot` holds our processes, `--target rasa` the Rasa server with its trained model.

FROM python:3.12-slim AS bot-environment
ENV UV_PROJECT_ENVIRONMENT=/srv/env UV_PYTHON_PREFERENCE=only-system UV_LINK_MODE=copy
RUN pip install --no-cache-dir "uv>=0.9,<1"
WORKDIR /srv/an-sinh
COPY pyproject.toml uv.lock ./
RUN uv sync --frozen --no-dev --no-cache --compile-bytecode

FROM python:3.12-slim AS bot
RUN useradd --system --uid 10001 --home-dir /tmp --no-create-home an-sinh
WORKDIR /srv/an-sinh
COPY --from=bot-environment /srv/env /srv/env
COPY bot bot
COPY content content
# The names of the intents that a button may lead to.
COPY dialogues/domain dialogues/domain
ENV PATH=/srv/env/bin:$PATH PYTHONUNBUFFERED=1
RUN python -m compileall -q bot
USER an-sinh
EXPOSE 8000
ENTRYPOINT ["python", "-m", "bot"]
CMD ["web"]


FROM python:3.10-slim AS rasa-environment
ENV UV_PROJECT_ENVIRONMENT=/srv/env UV_PYTHON_PREFERENCE=only-system UV_LINK_MODE=copy
RUN pip install --no-cache-dir "uv>=0.9,<1"
WORKDIR /srv/an-sinh
COPY dialogues/pyproject.toml dialogues/uv.lock dialogues/.python-version dialogues/
RUN uv sync --frozen --no-cache --compile-bytecode --project dialogues

FROM python:3.10-slim AS rasa-files
WORKDIR /srv/an-sinh
COPY --from=rasa-environment /srv/env /srv/env
# What bot/rasa/server.py trains from, and the package that bot/vn belongs to.
COPY bot/__init__.py bot/
COPY bot/vn bot/vn
COPY content/places content/places
COPY dialogues dialogues
COPY nlu_data nlu_data
# The same variables as in bot/rasa/server.py.
ENV PATH=/srv/env/bin:$PATH PYTHONPATH=/srv/an-sinh PYTHONDONTWRITEBYTECODE=1 PYTHONUNBUFFERED=1 PYTHONWARNINGS=ignore \
    RASA_TELEMETRY_ENABLED=false RASA_MAX_CACHE_SIZE=0 TF_CPP_MIN_LOG_LEVEL=3 TF_ENABLE_ONEDNN_OPTS=0 \
    CUDA_VISIBLE_DEVICES=-1 SQLALCHEMY_SILENCE_UBER_WARNING=1 OMP_NUM_THREADS=1 POSTGRESQL_SCHEMA=rasa

FROM rasa-files AS rasa-model
RUN python -m rasa train --config dialogues/config.yml --domain dialogues/domain --data nlu_data dialogues/rules \
    --out /srv/models --fixed-model-name an-sinh --force --quiet

FROM rasa-files AS rasa
RUN useradd --system --uid 10001 --home-dir /tmp --no-create-home an-sinh
COPY --from=rasa-model /srv/models /srv/models
USER an-sinh
EXPOSE 5005
CMD ["python", "-m", "rasa", "run", "--enable-api", "--interface", "0.0.0.0", "--port", "5005", \
     "--model", "/srv/models/an-sinh.tar.gz", \
     "--endpoints", "dialogues/endpoints.yml", "--credentials", "dialogues/credentials.yml"]
