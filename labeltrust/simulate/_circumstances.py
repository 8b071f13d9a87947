"""What makes honest work uneven: disputed classes, working hours, a model's help, item traits."""

from dataclasses import dataclass

from labeltrust.domain.errors import InvalidInput


@dataclass(frozen=True, slots=True, kw_only=True)
class Dispute:
    """Part of one class, the border, that some honest labelers read as another class.

    Attributes:
        old_class: The class whose border is disputed.
        new_class: What the others call the border.
        border_share: Share of the items of `old_class` that lie at the border.
        school_share: Share of labelers who always read the border the other way.
        rule_day: Day from which a new guideline calls the border `new_class`, also in the truth of
            items opened since; None where the guideline never changes.
        follower_share: Share of labelers who follow the new guideline at once.
        days_to_follow: Days within which the last of the others follows.
    """

    old_class: int = 0
    new_class: int = 1
    border_share: float = 0.3
    school_share: float = 0.0
    rule_day: float | None = None
    follower_share: float = 0.2
    days_to_follow: float = 7.0

    def __post_init__(self) -> None:
        """Refuse shares outside [0, 1] and a class disputed with itself."""
        check_shares(self, ("border_share", "school_share", "follower_share"))
        if self.old_class == self.new_class:
            detail = f"class {self.old_class} cannot be disputed with itself"
            raise InvalidInput(detail, place="new_class")


@dataclass(frozen=True, slots=True, kw_only=True)
class Rhythm:
    """Working hours: sessions within a shift of eight hours, fewer labels at weekends.

    Attributes:
        sessions_per_day: Sessions of a labeler's working day; labels follow closely within one.
        weekend_volume: Items opened on a day of the weekend per item opened on a working day.
        weekend_share: Share of labelers who work at weekends; the others catch up on Mondays.
        season: How far the label mix swings within the week: log odds of the last class against
            the rest, at the height of the week; 0 keeps it level.
    """

    sessions_per_day: int = 3
    weekend_volume: float = 0.25
    weekend_share: float = 0.2
    season: float = 0.0

    def __post_init__(self) -> None:
        """Refuse days without sessions and negative volumes."""
        check_shares(self, ("weekend_share",))
        if self.sessions_per_day < 1 or self.weekend_volume < 0:
            detail = f"no rhythm: {self.sessions_per_day} sessions, weekends {self.weekend_volume}"
            raise InvalidInput(detail, place="sessions_per_day")


@dataclass(frozen=True, slots=True, kw_only=True)
class Assistant:
    """A model that shows a suggestion before the labeler answers.

    Attributes:
        shown_share: Share of items for which it suggests a label, the same to everybody.
        accuracy: Share of its suggestions that are right.
        acceptance: Chance that an honest labeler takes one over without looking.
    """

    shown_share: float = 1.0
    accuracy: float = 0.85
    acceptance: float = 0.1

    def __post_init__(self) -> None:
        """Refuse shares outside [0, 1]."""
        check_shares(self, ("shown_share", "accuracy", "acceptance"))


@dataclass(frozen=True, slots=True, kw_only=True)
class Traits:
    """What is known of items besides their class: an amount, a channel, a trigger.

    Attributes:
        trigger_share: Share of items with `trigger` 1.
        channels: Number of channels, frequent ones first.
        amount_by_class: Growth of the mean log amount from the first class to the last.
    """

    trigger_share: float = 0.05
    channels: int = 4
    amount_by_class: float = 0.5

    def __post_init__(self) -> None:
        """Refuse shares outside [0, 1] and items without a channel."""
        check_shares(self, ("trigger_share",))
        if self.channels < 1:
            raise InvalidInput(f"{self.channels} channels are none", place="channels")


@dataclass(frozen=True, slots=True, kw_only=True)
class Prose:
    """What items say: words by Zipf's law, some of their own in each topic, and a trigger in a few.

    Attributes:
        words: Mean number of words of an item.
        vocabulary: Different words there are.
        topics: Topics, one an item.
        topical_share: Share of words by the law of the item's topic.
        trigger_share: Share of items that hold the trigger word besides.
    """

    words: int = 20
    vocabulary: int = 3_000
    topics: int = 8
    topical_share: float = 0.4
    trigger_share: float = 0.05

    def __post_init__(self) -> None:
        """Refuse shares outside [0, 1], and items without words."""
        check_shares(self, ("topical_share", "trigger_share"))
        if min(self.words, self.vocabulary, self.topics) < 1:
            detail = f"{self.words} words of {self.vocabulary} in {self.topics} topics say nothing"
            raise InvalidInput(detail, place="words")


def check_shares(given: object, names: tuple[str, ...]) -> None:
    """Refuse a share that lies outside [0, 1].

    Raises:
        InvalidInput: Naming the first that does.
    """
    for name in names:
        value = getattr(given, name)
        if not 0 <= value <= 1:
            raise InvalidInput(f"{value} is no share of 0 to 1", place=name)
