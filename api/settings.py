"""Every setting of the product, each read from an environment variable with the prefix ``HOTLINE_``."""

from datetime import timedelta
from functools import lru_cache
from pathlib import Path
from typing import Annotated, Final, Literal, Self
from urllib.parse import urlsplit

from pydantic import AfterValidator, BeforeValidator, Field, HttpUrl, SecretStr, field_validator, model_validator
from pydantic_settings import BaseSettings, NoDecode, SettingsConfigDict

from api.accounts.provider_options import ProviderOptions
from api.accounts.roles import Role
from api.signing import signing_key
from asr.options import ChannelRole, DiarizationOptions, RecognitionOptions
from dialect_models.identification.posterior import prior
from dialect_models.labels import LABELS, UNKNOWN
from tickets.language_model_review.options import LanguageModel
from tickets.review import DEFAULT_PRECISION

LOOPBACK: Final = frozenset({"localhost", "127.0.0.1", "::1"})


def _seconds(value: object) -> object:
    # Pydantic takes a number as seconds, but not one spelt as text, which is all that an environment holds.
    try:
        return float(value) if isinstance(value, str) else value
    except ValueError:
        return value


Duration = Annotated[timedelta, BeforeValidator(_seconds), Field(ge=timedelta(0))]
PositiveDuration = Annotated[timedelta, BeforeValidator(_seconds), Field(gt=timedelta(0))]


def _shares(shares: dict[str, float]) -> dict[str, float]:
    prior(shares)
    return shares


def _labelled(models: dict[str, str]) -> dict[str, str]:
    if wrong := [label for label in models if label not in LABELS or label == UNKNOWN]:
        raise ValueError(f"{', '.join(wrong)}: no dialect label; write one of {', '.join(LABELS[:-1])}")
    return models


class Settings(BaseSettings):
    """Settings of commands, API and workers. The description of each field is its documentation."""

    model_config = SettingsConfigDict(env_prefix="HOTLINE_", env_file=".env", extra="ignore", frozen=True)

    data_dir: Path = Field(Path("var"), description="Folder of everything the product writes unless set apart below.")
    models_dir: Path | None = Field(None, description="Folder of model files; data_dir/models when unset.")
    database_url: str | None = Field(
        None,
        description="SQLAlchemy URL: sqlite:///… or postgresql+psycopg://…; data_dir/hotline.sqlite when unset.",
    )
    city_dir: Path | None = Field(
        None, description="City folder (duties, departments, places); the sample city when unset."
    )

    audio_store_url: str | None = Field(
        None, description="Where recordings are kept: file:///folder or s3://bucket/prefix; data_dir/audio when unset."
    )
    s3_endpoint: str | None = Field(None, description="Endpoint of an S3-compatible store other than AWS.")
    s3_region: str | None = Field(None, description="Region of the S3 bucket.")
    s3_access_key_id: SecretStr | None = Field(None, description="Access key of the S3 store.")
    s3_secret_access_key: SecretStr | None = Field(None, description="Secret key of the S3 store.")

    host: str = Field("127.0.0.1", description="Address that the API listens on.")
    port: int = Field(8345, ge=0, le=65535, description="Port that the API listens on.")
    public_url: HttpUrl | None = Field(None, description="Address under which others reach the API, where it differs.")
    workers: int = Field(1, ge=0, description="Worker processes that `hotline serve` starts; 0 where they run apart.")
    worker_id: str | None = Field(None, description="Fixed name of this worker; host name and number when unset.")
    worker_concurrency: int = Field(1, ge=1, description="Recordings that one worker processes at once.")
    worker_nice: int = Field(10, ge=0, le=19, description="How far workers stand back for the API, in steps of nice.")
    heartbeat: PositiveDuration = Field(timedelta(seconds=5), description="How often a worker says that it lives.")
    worker_dead_after: PositiveDuration = Field(
        timedelta(seconds=30), description="Silence after which the living adopt a worker's calls."
    )

    max_upload_bytes: int = Field(2 * 1024**3, gt=0, description="Largest recording accepted, in bytes.")
    unknown_audio_after: PositiveDuration = Field(
        timedelta(days=30), description="Age at which stored audio that belongs to no recording is deleted."
    )
    fetch_timeout: PositiveDuration = Field(
        timedelta(minutes=10), description="Longest time for fetching a recording by URL."
    )
    fetch_allow_private: bool = Field(
        False, description="Fetch recordings from private, loopback and link-local addresses too."
    )
    settle_time: Duration = Field(
        timedelta(seconds=3), description="How long a call waits for further recordings before its ticket is made."
    )

    speech_model: str = Field("whisper-base-12345", description="Card, folder or hub name of the speech model.")
    device: Literal["cpu", "cuda", "auto"] = Field("cpu", description="Where speech models run.")
    compute_type: str = Field("int8", description="CTranslate2 compute type, e.g. int8, float16.")
    beam_size: int = Field(5, ge=1, le=20, description="Beam width of recognition.")
    threads: int = Field(1, ge=1, description="CPU threads of one recognition.")
    models_loaded: int = Field(
        2, ge=1, description="Speech models that a worker keeps in memory; the least recently used goes first."
    )
    dialect_shares: Annotated[dict[str, float], AfterValidator(_shares)] = Field(
        {},
        description='Shares of callers by dialect in this region, e.g. {"cantonese": 0.5, "mandarin": 0.45}; when '
        "unset those in the classifier's recordings, else half Mandarin.",
    )
    dialect_models: Annotated[dict[str, str], AfterValidator(_labelled)] = Field(
        {},
        description='Speech models for citizens by dialect, e.g. {"wu": "/models/our-wu"}: card, folder or hub name.',
    )
    diarization_model: str = Field(
        "packaged",
        description="packaged, or name or folder of a pyannote pipeline (…/speaker-diarization-community-1).",
    )
    hub_token: SecretStr | None = Field(None, description="Access token for gated models on a hub.")
    speakers: Literal[2, 3] = Field(2, description="Speakers on a mono call; 3 where calls are transferred.")
    channel_roles: Annotated[tuple[ChannelRole, ...] | None, NoDecode] = Field(
        None,
        description="Who speaks on each channel, left first, e.g. operator,citizen; decided from the words when unset.",
    )

    automatic_precision: float = Field(
        DEFAULT_PRECISION,
        ge=0,
        le=1,
        description="Wanted share of right ones among the tickets that go out without a person; 0 lets all go, 1 none.",
    )
    llm_url: HttpUrl | None = Field(
        None,
        description="OpenAI-compatible endpoint (…/v1) that is asked about what the machine is unsure of; "
        "names and numbers of callers are masked; nobody when unset.",
    )
    llm_model: str = Field("default", description="Name of the model at that endpoint.")
    llm_api_key: SecretStr | None = Field(None, description="Key for that endpoint.")
    llm_timeout: PositiveDuration = Field(
        timedelta(seconds=10), description="Longest time for its answer; then the ticket stays as it was."
    )
    blind_sample_share: float = Field(
        0.05,
        ge=0,
        le=1,
        description="Share of what goes out without a person that operators judge without seeing the machine's answer.",
    )
    alert_webhook_url: HttpUrl | None = Field(None, description="Address that emergency alerts are posted to.")
    alert_webhook_secret: SecretStr | None = Field(
        None, description="Secret that alerts are signed with: whsec_ and 24 to 64 random bytes in base64."
    )
    api_key: SecretStr | None = Field(
        None,
        description="A key with all scopes that is accepted beside the stored ones; for scripts that make their own.",
    )
    session_lifetime: PositiveDuration = Field(timedelta(hours=12), description="How long a sign-in to the page lasts.")
    sign_in_tries: int = Field(5, ge=1, le=100, description="Failed sign-ins after which a login is locked.")
    sign_in_lock: PositiveDuration = Field(timedelta(minutes=15), description="How long a login stays locked.")
    password_sign_in: bool = Field(
        True, description="Whether persons can sign in with login and password; False leaves the identity provider."
    )
    oidc_issuer: str | None = Field(
        None,
        description="Identity provider (OpenID Connect) that persons can sign in through: its issuer URL, exactly as "
        "its metadata name it; none when unset. Register (public_url)/v1/session/oidc/callback there.",
    )
    oidc_client_id: str | None = Field(None, description="As which client the provider knows this server.")
    oidc_client_secret: SecretStr | None = Field(None, description="That client's secret; none for a public client.")
    oidc_scope: str = Field("openid profile", description="Scopes asked for, with blanks between; openid among them.")
    oidc_login_claim: str = Field("preferred_username", description="Claim that is the login of a person's account.")
    oidc_name_claim: str = Field("name", description="Claim that is the person's name.")
    oidc_role_claim: str = Field(
        "groups", description="Claim that roles follow from, a text or list; a path such as realm_access.roles too."
    )
    oidc_roles: dict[str, Role] = Field(
        {},
        description='Role by value of that claim, e.g. {"hotline-staff": "operator"}; the highest holds, and nobody '
        "without one gets in.",
    )
    oidc_link_existing: bool = Field(
        False,
        description="Whether a person of the provider takes over the account of the same login that was made here; "
        "only where nobody can choose his login there.",
    )
    oidc_label: str = Field("统一身份认证", description="What the sign-in page calls the provider.")
    oidc_timeout: PositiveDuration = Field(timedelta(seconds=10), description="Longest time for each of its answers.")
    claim_lease: PositiveDuration = Field(
        timedelta(minutes=2), description="How long an operator keeps a ticket without a sign of life from his page."
    )
    reveal_lifetime: PositiveDuration = Field(
        timedelta(minutes=30), description="How long names and numbers of a call stay shown to whoever revealed them."
    )
    cors_origins: Annotated[tuple[str, ...], NoDecode] = Field(
        (), description="Other origins whose pages may call the API."
    )
    log_format: Literal["console", "json"] = Field("console", description="Form of log lines.")
    log_level: Literal["debug", "info", "warning", "error"] = Field("info", description="Least level that is logged.")
    otlp_endpoint: HttpUrl | None = Field(None, description="OpenTelemetry collector that traces go to.")

    @field_validator("channel_roles", "cors_origins", mode="before")
    @classmethod
    def _split(cls, value: object) -> object:
        return tuple(part.strip() for part in value.split(",") if part.strip()) if isinstance(value, str) else value

    @field_validator("alert_webhook_secret")
    @classmethod
    def _signs(cls, value: SecretStr | None) -> SecretStr | None:
        if value is not None:
            signing_key(value.get_secret_value())
        return value

    @field_validator("oidc_issuer")
    @classmethod
    def _is_secret_on_the_way(cls, value: str | None) -> str | None:
        parts = urlsplit(value or "https://unset")
        if parts.scheme != "https" and not (parts.scheme == "http" and parts.hostname in LOOPBACK):
            raise ValueError("the issuer's URL begins with https://, or with http:// on this machine")
        return value

    @model_validator(mode="after")
    def _somebody_can_sign_in(self) -> Self:
        if self.oidc_issuer is None:
            if not self.password_sign_in:
                raise ValueError("HOTLINE_PASSWORD_SIGN_IN is off and HOTLINE_OIDC_ISSUER is not set")
            return self
        if not self.oidc_client_id:
            raise ValueError("HOTLINE_OIDC_ISSUER needs HOTLINE_OIDC_CLIENT_ID")
        if not self.oidc_roles:
            raise ValueError("HOTLINE_OIDC_ISSUER needs HOTLINE_OIDC_ROLES: without, nobody gets a role")
        if "openid" not in self.oidc_scope.split():
            raise ValueError("HOTLINE_OIDC_SCOPE must hold openid")
        return self

    @model_validator(mode="after")
    def _workers_beat_before_they_count_as_dead(self) -> Self:
        if self.worker_dead_after <= self.heartbeat:
            raise ValueError("HOTLINE_WORKER_DEAD_AFTER must be longer than HOTLINE_HEARTBEAT, best several times")
        return self

    @property
    def models_path(self) -> Path:
        """Folder of model files."""
        return self.models_dir or self.data_dir / "models"

    @property
    def database(self) -> str:
        """SQLAlchemy URL of the database."""
        return self.database_url or f"sqlite:///{(self.data_dir / 'hotline.sqlite').resolve()}"

    @property
    def audio_store(self) -> str:
        """URL of the store that keeps recordings."""
        return self.audio_store_url or (self.data_dir / "audio").resolve().as_uri()

    def language_model(self) -> LanguageModel | None:
        """The language model in the form that ``tickets`` takes; None where there is none."""
        if self.llm_url is None:
            return None
        key = self.llm_api_key.get_secret_value() if self.llm_api_key else None
        return LanguageModel(str(self.llm_url), self.llm_model, self.llm_timeout.total_seconds(), key)

    def identity_provider(self) -> ProviderOptions | None:
        """The identity provider that persons sign in through; None where there is none."""
        if self.oidc_issuer is None:
            return None
        return ProviderOptions(
            issuer=self.oidc_issuer,
            client_id=str(self.oidc_client_id),
            client_secret=self.oidc_client_secret.get_secret_value() if self.oidc_client_secret else None,
            scope=self.oidc_scope,
            login_claim=self.oidc_login_claim,
            name_claim=self.oidc_name_claim,
            role_claim=self.oidc_role_claim,
            roles=self.oidc_roles,
            timeout=self.oidc_timeout.total_seconds(),
        )

    def diarization(self) -> DiarizationOptions:
        """The diarization choices in the form that ``asr`` takes."""
        token = self.hub_token.get_secret_value() if self.hub_token else None
        return DiarizationOptions(self.diarization_model, token, self.speakers, self.channel_roles)

    def recognition(self, hotwords: tuple[str, ...] = ()) -> RecognitionOptions:
        """The recognition choices in the form that ``asr`` takes."""
        return RecognitionOptions(
            self.speech_model,
            self.device,
            self.compute_type,
            self.beam_size,
            self.threads,
            hotwords=hotwords,
            dialect_shares=self.dialect_shares,
            dialect_models=self.dialect_models,
            models_loaded=self.models_loaded,
        )


@lru_cache
def get_settings() -> Settings:
    """The settings of this process."""
    return Settings()
