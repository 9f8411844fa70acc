"""用户与岗位：one person, one account, several roles; a role is held over a 数据范围 for a time."""

from __future__ import annotations

from django.contrib.auth.models import AbstractBaseUser, BaseUserManager
from django.contrib.postgres.fields import ArrayField
from django.db import models

from tuoyu.core.fields import SealedText


class UserManager(BaseUserManager["User"]):
    """用户。No user is ever made with a default password."""

    def create_user(self, username: str, name: str, password: str | None = None) -> User:
        user = self.model(username=username, name=name)
        user.set_password(password)  # None leaves it unusable
        user.save(using=self._db)
        return user

    def get_by_natural_key(self, username: str | None) -> User:
        return self.get(username=username)


class User(AbstractBaseUser):
    """用户。Retention: 账号类，离岗后 3 年。"""

    username = models.CharField("登录名", max_length=80, unique=True)
    name = models.CharField("姓名", max_length=40)
    email = models.CharField("邮箱", max_length=120, blank=True)
    phone = SealedText("手机", null=True)
    phone_index = models.BinaryField("手机盲索引", max_length=16, null=True)
    is_active = models.BooleanField("可登录", default=True)
    demo_slug = models.CharField("演示身份", max_length=40, null=True, unique=True)
    prefers_elder = models.BooleanField("长辈版", default=False)

    USERNAME_FIELD = "username"
    REQUIRED_FIELDS = ["name"]
    EMAIL_FIELD = "email"

    objects = UserManager()

    def __str__(self) -> str:
        return self.name

    @property
    def is_staff(self) -> bool:
        """Django 后台不启用。"""
        return False

    def has_perm(self, perm: str, obj: object = None) -> bool:
        return False

    def has_module_perms(self, app_label: str) -> bool:
        return False


class Assignment(models.Model):
    """任职：user × role × 数据范围, half-open in time."""

    user = models.ForeignKey(User, on_delete=models.PROTECT, related_name="assignments")
    role = models.CharField("角色", max_length=40)
    organisation = models.CharField("单位", max_length=80, blank=True)
    post = models.CharField("岗位", max_length=40, blank=True)
    region_code = models.CharField("区划", max_length=12, blank=True, db_collation="C")
    institution_ids = ArrayField(models.BigIntegerField(), verbose_name="机构", default=list)
    from_on = models.DateField("起")
    to_on = models.DateField("止（不含）", null=True)

    class Meta:
        ordering = ["id"]
