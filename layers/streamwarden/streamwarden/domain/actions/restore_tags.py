"""Set protected tags back to what they were before somebody changed them who may not."""

from typing import ClassVar

from streamwarden.domain.actions.base.found_tags import SetsFoundTags
from streamwarden.domain.traits import Trait


class RestoreTags(SetsFoundTags):
    word: ClassVar = "restore_tags"
    meaning: ClassVar = (
        "Sets protected tags back to the last value that a caller gave them who may change them, "
        "or that was listed before. A tag whose earlier value is not known stays as it is. Never "
        "removes a tag."
    )
    needs: ClassVar = (Trait.CHANGED_TAGS,)
    refusal: ClassVar = "it does not know the earlier value of a tag"
    unknown: ClassVar = "protected tags back to their last permitted values"
